"""Log-ins in the platform's admin."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.devices import device_name
from accounts.models import HandOver, Signin, User
from accounts.second_factor.services import reset_second_factor
from clinic.admin import ClinicAdmin, platform_site
from clinic.models import Refusal


@admin.register(User, site=platform_site)
class UserAdmin(ClinicAdmin):
    """Log-ins are made by signing up or by invitation, and are never deleted."""

    list_display = ("email", "name", "is_active", "is_superuser", "created_at")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_superuser", "created_at", "anonymised_at")
    may_add = False
    may_change = False
    actions = (
        *("deactivate_user", "reactivate_user", "send_reset", "sign_out_everywhere"),
        *("reset_second_factor", "anonymise_user"),
    )

    @admin.action(description=_("Close the log-in"))
    def deactivate_user(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Close these log-ins everywhere."""
        self._run(request, queryset, services.deactivate_user)

    @admin.action(description=_("Open the log-in again"))
    def reactivate_user(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Open these log-ins again."""
        self._run(request, queryset, services.reactivate_user)

    @admin.action(description=_("Send a letter to set a new password"))
    def send_reset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let these people choose a new password."""
        self._run(request, queryset, partial(services.send_reset, request=request))

    @admin.action(description=_("Sign out everywhere"))
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """End every session of these log-ins."""
        self._run(request, queryset, services.sign_out_everywhere)

    @admin.action(description=_("Take the second factor off (after making sure who asks)"))
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let these people, who have lost theirs, set up a new one."""
        self._run(request, queryset, reset_second_factor)

    @admin.action(description=_("Anonymise for good"))
    def anonymise_user(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Take these people out of their log-ins."""
        self._run(request, queryset, services.anonymise_user)

    def _run(self, request: HttpRequest, queryset: QuerySet[User], service: Callable[..., User]) -> None:
        for user in queryset:
            name = str(user)
            try:
                service(user, by=request.user)
            except Refusal as refusal:
                self.message_user(request, f"{name}: {refusal.message}", level="ERROR")
            else:
                self.message_user(request, _("%(record)s: done.") % {"record": name})


@admin.register(Signin, site=platform_site)
class SigninAdmin(ClinicAdmin):
    """Where people are signed in, to read: they end it themselves."""

    list_display = ("who", "organization", "device", "address", "created_at", "last_used_at", "ended_at")
    list_select_related = ("organization",)
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    search_fields = ("email", "address")
    fields = ("user_id", "organization", "address", "agent", "created_at", "last_used_at", "ended_at")
    may_add = False
    may_change = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signin]:
        """With the e-mail of the log-in."""
        email = User.objects.filter(pk=OuterRef("user_id")).values("email")
        return super().get_queryset(request).annotate(email=Subquery(email))

    @admin.display(description=_("who"), ordering="email")
    def who(self, signin: Any) -> str:
        """The log-in."""
        return signin.email or ""

    @admin.display(description=_("device"))
    def device(self, signin: Signin) -> str:
        """What the browser says it is."""
        return device_name(signin.agent)


@admin.register(HandOver, site=platform_site)
class HandOverAdmin(ClinicAdmin):
    """Who entered which clinic from the platform's site, to read."""

    list_display = ("user_id", "organization", "created_at", "used_at")
    list_select_related = ("organization",)
    list_filter = (("used_at", admin.EmptyFieldListFilter),)
    fields = ("user_id", "organization", "is_one_of_several", "created_at", "expires_at", "used_at")
    may_add = False
    may_change = False

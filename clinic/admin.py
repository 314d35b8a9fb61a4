"""The two admins: the platform's for superusers, a clinic's for its own admins.

Admin obeys: states are read-only, actions call the services, nothing is deleted, and what is done is in
the clinic's audit trail instead of Django's shared log, which would carry names from clinic to clinic.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.contenttypes.views import shortcut
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.access import asking
from clinic.admin_models import AppList
from clinic.models import Refusal, relayed


class OwnSite(admin.AdminSite):
    """An admin whose people change their password where everybody does.

    There it is counted how often somebody guesses the present one, and the owner is told by letter.
    """

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._app_lists: dict[tuple[Any, ...], AppList] = {}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> AppList:
        """The models, made once for all who may do the same with them in the same language."""
        rights = tuple(
            (model, *model_admin.get_model_perms(request).values())
            for model, model_admin in self._registry.items()
            if model_admin.has_module_permission(request)
        )
        key = (get_language(), app_label, rights)
        if key not in self._app_lists:
            self._app_lists[key] = AppList(super().get_app_list(request, app_label))
        return self._app_lists[key]

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the page on which everybody changes it."""
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        """Django's own; what is "viewed on the site" has a key of ours, anything else is no page."""
        to = path("r/<int:content_type_id>/<uuid:object_id>/", self.admin_view(shortcut), name="view_on_site")
        return [to, *(own for own in super().get_urls() if getattr(own, "name", "") != "view_on_site")]


class PlatformSite(OwnSite):
    """The platform's admin: superusers only, on the platform's host only."""

    site_header = _("Platform administration")
    site_title = _("Platform administration")
    index_title = _("Organizations and people")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers of the installation."""
        user = request.user
        return request.organization is None and user.is_active and getattr(user, "is_superuser", False)  # type: ignore[attr-defined]


class ClinicSite(OwnSite):
    """One clinic's admin: its admins, and a superuser in an open support session."""

    site_header = _("Clinic administration")
    site_title = _("Clinic administration")
    index_title = _("Everything in this clinic")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Members whose role may administer, or a support session."""
        if request.organization is None:  # type: ignore[attr-defined]
            return False
        if getattr(request, "support_session", None):
            return True
        member = asking(request)
        return bool(member and member.may("members.administer"))


platform_site = PlatformSite(name="admin")
clinic_site = ClinicSite(name="admin")


class Refused(forms.ModelForm):
    """What was typed and then refused: the sentence stands beside its field, or above the form."""

    refusal: Refusal

    def full_clean(self) -> None:
        """Whatever the fields say, the answer was no."""
        super().full_clean()
        self.add_error(
            self.refusal.field if self.refusal.field in self.fields else None, self.refusal.message
        )


class ClinicAdmin(admin.ModelAdmin):
    """A clinic's records in its admin: whoever is let in may see; changing is each model's decision.

    `state_fields` are read-only always; `frozen(obj)` says when nothing of a record may change.
    """

    list_per_page = 25
    list_max_show_all = 100
    show_full_result_count = False
    state_fields: ClassVar[tuple[str, ...]] = ()
    may_add: ClassVar[bool] = True
    may_change: ClassVar[bool] = True

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list; a filter that PostgreSQL cannot even be asked for is one of the wrong ones."""
        if any("\x00" in word for words in request.GET.lists() for word in (words[0], *words[1])):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def frozen(self, obj: models.Model) -> bool:
        """Whether the record is closed to every change."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The site itself has asked already."""
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever is let into this admin."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever is let in, where the model allows it."""
        return self.may_add and self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever is let in, unless the record is closed."""
        if obj is not None and self.frozen(obj):
            return False
        return self.may_change and self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody: records end by their own verbs."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """The states, and what the model names."""
        return (*super().get_readonly_fields(request, obj), *self.state_fields)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """The form, every field of it with a name; after a refusal, one that shows it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        for field in form.base_fields.values():
            # Django's pair of fields for an instant has one label, which belongs to neither of them.
            for part, name in zip(getattr(field.widget, "widgets", ()), (_("date"), _("time")), strict=False):
                part.attrs["aria-label"] = format_lazy("{}: {}", field.label, name)
        refusal = getattr(request, "refusal", None)
        return type("Refused", (Refused, form), {"refusal": refusal}) if refusal else form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form and what becomes of it. What is refused is undone, and the form shown as it was typed."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool
    ) -> None:
        """Store what was typed; the database's own refusal is one like any other."""
        with relayed(self.model):
            super().save_model(request, obj, form, change)

    def run_service(
        self, request: HttpRequest, queryset: models.QuerySet, service: Any, **arguments: Any
    ) -> None:
        """Carry out `service(by=…, <object>)` for each chosen row and say what happened to each."""
        for obj in queryset:
            try:
                service(obj, by=asking(request), **arguments)
            except Refusal as refusal:
                self.message_user(request, f"{obj}: {refusal.message}", level="ERROR")
            else:
                self.message_user(request, _("%(record)s: done.") % {"record": obj})

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """Nothing: the audit trail has it."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """Nothing: the audit trail has it."""

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet) -> Any:
        """Nothing: the audit trail has it."""


def step(service: Callable[..., Any], label: Any) -> Callable[..., None]:
    """A list action of the service's name, which runs it for each chosen row."""

    @admin.action(description=label)
    def take(self: ClinicAdmin, request: HttpRequest, queryset: models.QuerySet) -> None:
        self.run_service(request, queryset, service)

    take.__name__ = service.__name__
    return take


class PartInline(admin.TabularInline):
    """Parts of a record on its page, to read: they are written where the services are called."""

    template = "admin/parts.html"
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever is let into this admin."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody."""
        return False

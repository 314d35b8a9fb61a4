"""What the platform offers, what clinics have chosen, and the rules for all of them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import PartInline, platform_site
from tenants import services
from tenants.admin.base import PlatformAdmin
from tenants.models import OrganizationEvent, Plan, PlatformPolicy, Subscription


class EventInline(PartInline):
    """What became of the clinic, the newest first."""

    model = OrganizationEvent
    fields = readonly_fields = ("at", "former", "status", "trial_ends_at", "actor")


class SubscriptionInline(PartInline):
    """What the clinic has chosen and agreed to."""

    model = Subscription
    fields = readonly_fields = ("name", "price", "currency", "period", "status", "started_at", "ended_at")


@admin.register(Plan, site=platform_site)
class PlanAdmin(PlatformAdmin):
    """Plans. A new price is for who chooses from now on."""

    list_display = ("name", "price", "currency", "period", "most_doctors", "is_listed", "retired_at")
    list_filter = ("is_listed", "currency", ("retired_at", admin.EmptyFieldListFilter))
    search_fields = ("name",)
    fields = ("name", "price", "currency", "period", "most_doctors", "text", "is_listed", "retired_at")
    state_fields = ("retired_at",)
    actions = ("retire_plan", "restore_plan")

    @admin.action(description=_("Retire: offered no longer, kept by those who have it"))
    def retire_plan(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Nobody chooses it any more."""
        self.run_service(request, queryset, services.retire_plan)

    @admin.action(description=_("Offer again"))
    def restore_plan(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """It can be chosen as before."""
        self.run_service(request, queryset, services.restore_plan)


@admin.register(Subscription, site=platform_site)
class SubscriptionAdmin(PlatformAdmin):
    """What clinics have chosen: the platform lets it begin. Also entered here, unlisted plans included."""

    list_display = (
        *("organization", "name", "price", "currency", "period", "status"),
        *("chosen_at", "started_at", "ended_at"),
    )
    list_filter = ("status", "period", "currency")
    list_select_related = ("organization",)
    search_fields = ("organization__name", "organization__label", "name")
    date_hierarchy = "chosen_at"
    autocomplete_fields = ("organization",)
    readonly_fields = (
        *("name", "price", "currency", "period", "most_doctors", "status"),
        *("chosen_at", "chosen_by", "started_at", "ended_at"),
    )
    actions = ("activate_plan", "withdraw_plan", "end_plan")

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """The clinic and its plan are all there is to say; the terms are the plan's."""
        return ("organization", "plan", *self.readonly_fields) if obj else ("organization", "plan")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """What was agreed is not changed; the list has the verbs."""
        return obj is None and super().has_change_permission(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only plans that are not retired, unlisted ones among them."""
        if db_field.name == "plan":
            kwargs["queryset"] = Plan.objects.filter(retired_at__isnull=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Choose the plan for the clinic; it begins by its own action."""
        chosen = services.choose_plan(obj.organization, by=request.user, plan=obj.plan)
        obj.__dict__.update(chosen.__dict__)

    @admin.action(description=_("Let it begin: the clinic is open, a former plan ends"))
    def activate_plan(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """From now on."""
        self.run_service(request, queryset, services.activate_plan)

    @admin.action(description=_("Take back what was chosen"))
    def withdraw_plan(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """It never began."""
        self.run_service(request, queryset, services.withdraw_plan)

    @admin.action(description=_("End the plan"))
    def end_plan(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """What becomes of the clinic is decided in its own list."""
        self.run_service(request, queryset, services.end_plan)


@admin.register(PlatformPolicy, site=platform_site)
class PlatformPolicyAdmin(PlatformAdmin):
    """The one row of rules for all clinics."""

    list_display = ("__str__", "trial_days", "reminder_days", "grace_days", "closing_days")
    fields = ("trial_days", "reminder_days", "grace_days", "closing_days")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Until there is one."""
        return not PlatformPolicy.objects.exists() and super().has_add_permission(request)

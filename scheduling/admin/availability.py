"""Weekly hours, leave and extra openings in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from clinic.admin import clinic_site
from scheduling import services
from scheduling.admin.closings import say_what_is_in_the_way
from scheduling.admin.through import ServiceForm, ThroughService
from scheduling.models import AvailabilityException, AvailabilityRule


class RuleForm(ServiceForm):
    """Weekly hours, opened or changed."""

    def carry_out(self, **data: Any) -> AvailabilityRule:
        """Open or change the window."""
        if self.instance._state.adding:
            return services.add_availability_rule(by=self.by, **data)
        return services.update_availability_rule(self.instance, by=self.by, **data)


@admin.register(AvailabilityRule, site=clinic_site)
class AvailabilityRuleAdmin(ThroughService):
    """Weekly hours."""

    form = RuleForm
    list_display = (
        "doctor",
        "weekday",
        "starts",
        "ends",
        "slot_minutes",
        "branch",
        "room",
        "valid_from",
        "valid_until",
    )
    list_filter = ("weekday",)
    list_select_related = ("doctor__member", "branch", "room")
    search_fields = ("doctor__member__search",)
    autocomplete_fields = ("doctor", "branch", "room")


class ExceptionForm(ServiceForm):
    """Leave or an extra opening, entered."""

    def carry_out(self, **data: Any) -> AvailabilityException:
        """Enter it; visits in the way are listed on the page of those that need another time."""
        return services.add_availability_exception(by=self.by, **data)


@admin.register(AvailabilityException, site=clinic_site)
class AvailabilityExceptionAdmin(ThroughService):
    """Leave and extra openings: entered here, taken back on the doctor's page of hours."""

    form = ExceptionForm
    list_display = ("doctor", "kind", "starts_at", "ends_at", "slot_minutes", "branch", "room", "reason")
    list_filter = ("kind",)
    list_select_related = ("doctor__member", "branch", "room")
    search_fields = ("doctor__member__search",)
    autocomplete_fields = ("doctor", "branch", "room")
    date_hierarchy = "starts_at"
    may_change = False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stored by the service; what it came across is said."""
        say_what_is_in_the_way(self, request)

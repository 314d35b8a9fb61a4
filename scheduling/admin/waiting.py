"""The waiting list in the clinic's admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import clinic_site, step
from scheduling import services
from scheduling.admin.through import ServiceForm, ThroughService
from scheduling.models import WaitingListEntry

WISH = (
    "patient",
    "doctor",
    "specialisation",
    "appointment_type",
    "weekdays",
    "earliest_time",
    "latest_time",
    "first_day",
    "last_day",
    "priority",
    "note",
)
FACTS = ("status", "appointment", "lapsed_offers", "added_by", "created_at", "cancelled_at")


class WishForm(ServiceForm):
    """A wish, put on the list."""

    def carry_out(self, **data: Any) -> WaitingListEntry:
        """Put it there; what suits already is offered at once."""
        return services.join_waiting_list(by=self.by, **data)


@admin.register(WaitingListEntry, site=clinic_site)
class WaitingListEntryAdmin(ThroughService):
    """Wishes: they join and leave through the services only."""

    form = WishForm
    list_display = ("patient", "doctor", "specialisation", "priority", "created_at", "status")
    list_filter = ("status", "priority")
    list_select_related = ("patient__member", "doctor__member")
    search_fields = ("patient__number", "patient__member__search", "doctor__member__search")
    autocomplete_fields = ("patient", "doctor")
    fields = (*WISH, *FACTS)
    may_change = False
    actions = ("leave_waiting_list",)

    leave_waiting_list = step(services.leave_waiting_list, _("Take off the waiting list"))

    def get_fields(self, request: HttpRequest, obj: WaitingListEntry | None = None) -> Any:
        """Joining asks for the wish; afterwards everything is shown."""
        return self.fields if obj else WISH

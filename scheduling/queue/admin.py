"""The queue in the clinic's admin: states are read, steps are taken by their services."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import clinic_site, step
from scheduling.admin.through import ServiceForm, ThroughService
from scheduling.queue import services
from scheduling.queue.models import Department, QueueEntry


class DepartmentForm(ServiceForm):
    """A department, opened or changed."""

    def carry_out(self, **data: Any) -> Department:
        """Open or change it."""
        if self.instance._state.adding:
            return services.add_department(by=self.by, **data)
        return services.update_department(self.instance, by=self.by, **data)


@admin.register(Department, site=clinic_site)
class DepartmentAdmin(ThroughService):
    """Departments."""

    form = DepartmentForm
    fields = ("name", "prefix", "is_active", "last_day", "last_number")
    list_display = ("name", "prefix", "is_active", "last_day", "last_number")
    list_filter = ("is_active",)
    search_fields = ("name",)
    state_fields = ("is_active", "last_day", "last_number")
    actions = ("retire_department", "reopen_department")

    retire_department = step(services.retire_department, _("Close"))
    reopen_department = step(services.reopen_department, _("Open again"))


class TicketForm(ServiceForm):
    """A number, handed out."""

    def carry_out(self, **data: Any) -> QueueEntry:
        """Hand it out."""
        return services.take_ticket(by=self.by, **data)


ASKED = ("department", "patient", "name", "reason", "priority")
FACTS = (
    "day",
    "token",
    "status",
    "room",
    "estimated_minutes",
    "taken_by",
    "turn_at",
    "calls",
    "called_at",
    "called_by",
    "started_at",
    "completed_at",
    "left_at",
    "created_at",
)


@admin.register(QueueEntry, site=clinic_site)
class QueueEntryAdmin(ThroughService):
    """Tickets: handed out and moved on by the services only. People are called on the caller's page."""

    form = TicketForm
    list_display = ("token", "day", "department", "patient", "name", "priority", "status", "room")
    list_filter = ("status", "priority", "department")
    list_select_related = ("department", "patient__member")
    search_fields = ("token", "name", "patient__number", "patient__member__search")
    autocomplete_fields = ("department", "patient")
    date_hierarchy = "day"
    fields = (*ASKED, *FACTS)
    may_change = False
    actions = ("recall_entry", "begin_service", "return_to_queue", "complete_entry", "leave_queue")

    recall_entry = step(services.recall_entry, _("Call again"))
    begin_service = step(services.begin_service, _("Is here"))
    return_to_queue = step(services.return_to_queue, _("Not there"))
    complete_entry = step(services.complete_entry, _("Done"))
    leave_queue = step(services.leave_queue, _("Has left"))

    def get_fields(self, request: HttpRequest, obj: QueueEntry | None = None) -> Any:
        """A new one asks for what the service needs; afterwards everything is shown."""
        return self.fields if obj else ASKED

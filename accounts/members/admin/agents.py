"""Agents and their patients in a clinic's admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.members import services
from accounts.members.admin.base import ServiceAdmin
from accounts.members.models import AgentAssignment
from clinic.access import asking
from clinic.admin import clinic_site, step

ASKED = ("patient", "agent", "since", "until", "notes")
FACTS = ("status", "given_as", "assigned_by", "created_at", "ended_at", "ended_by", "end_reason")


@admin.register(AgentAssignment, site=clinic_site)
class AgentAssignmentAdmin(ServiceAdmin):
    """Which agent looks after which patient; what has ended stays as it was."""

    list_display = ("patient", "agent", "status", "since", "until", "created_at")
    list_filter = ("status",)
    list_select_related = ("patient__member", "agent__member")
    search_fields = ("patient__number", "patient__member__search", "agent__member__search")
    autocomplete_fields = ("patient", "agent")
    actions = ("accept_assignment", "decline_assignment", "end_assignment")

    accept_assignment = step(services.accept_assignment, _("Assign as asked"))

    @admin.action(description=_("Do not assign"))
    def decline_assignment(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Say no to what these agents asked."""
        reason = gettext("Declined in the administration")
        self.run_service(request, queryset, services.decline_assignment, reason=reason)

    @admin.action(description=_("End"))
    def end_assignment(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Take these patients from their agents."""
        reason = gettext("Ended in the administration")
        self.run_service(request, queryset, services.end_assignment, reason=reason)

    def frozen(self, obj: Any) -> bool:
        """What has ended."""
        return obj.status == AgentAssignment.Status.ENDED

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """Assigning asks for the two and the days; afterwards everything is shown."""
        return (*ASKED, *FACTS) if obj else ASKED

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """Who they are never changes, nor what the services wrote."""
        return ("patient", "agent", *FACTS) if obj else ()

    def adding(self, request: HttpRequest, facts: dict[str, Any]) -> models.Model:
        """Give the patient to the agent."""
        return services.assign_agent(by=asking(request), **facts)

    def changing(self, request: HttpRequest, obj: Any, facts: dict[str, Any]) -> None:
        """Correct the days and the notes."""
        services.update_assignment(obj, by=asking(request), **facts)

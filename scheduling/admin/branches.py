"""Branches and rooms in the admin: stored by the services, retired instead of deleted."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import clinic_site, step
from scheduling import services
from scheduling.admin.through import ServiceForm, ThroughService
from scheduling.models import Branch, Room


class BranchForm(ServiceForm):
    """A branch, added or changed."""

    def carry_out(self, **data: Any) -> Branch:
        """Add or change it."""
        if self.instance._state.adding:
            return services.add_branch(by=self.by, **data)
        return services.update_branch(self.instance, by=self.by, **data)


@admin.register(Branch, site=clinic_site)
class BranchAdmin(ThroughService):
    """The branches besides the clinic's own address."""

    form = BranchForm
    list_display = ("name", "address", "phone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "address")
    readonly_fields = ("is_active",)
    actions = ("retire_branch", "reopen_branch")

    retire_branch = step(services.retire_branch, _("Use no longer"))
    reopen_branch = step(services.reopen_branch, _("Use again"))


class RoomForm(ServiceForm):
    """A room, added or changed."""

    def carry_out(self, **data: Any) -> Room:
        """Add or change it."""
        if self.instance._state.adding:
            return services.add_room(by=self.by, **data)
        return services.update_room(self.instance, by=self.by, **data)


@admin.register(Room, site=clinic_site)
class RoomAdmin(ThroughService):
    """The rooms of all branches."""

    form = RoomForm
    list_display = ("name", "branch", "purpose", "is_active")
    list_filter = ("is_active", "branch")
    list_select_related = ("branch",)
    search_fields = ("name", "branch__name")
    readonly_fields = ("is_active",)
    autocomplete_fields = ("branch",)
    actions = ("retire_room", "reopen_room")

    retire_room = step(services.retire_room, _("Use no longer"))
    reopen_room = step(services.reopen_room, _("Use again"))

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """A room stays in its branch."""
        return (*super().get_readonly_fields(request, obj), *(("branch",) if obj else ()))

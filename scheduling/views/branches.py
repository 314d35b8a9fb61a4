"""The clinic's branches and rooms, and the room of a visit."""

import uuid
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from scheduling import services
from scheduling.forms import AssignRoomForm, BranchForm, RoomForm
from scheduling.models import Branch, Room
from scheduling.services.branches import free_rooms
from scheduling.views.actions import back_from, visible_or_404


class Shown(NamedTuple):
    """A branch with its rooms; those of the main branch are the clinic's own."""

    branch: Branch
    rooms: list[Room]
    is_main: bool


@requires("scheduling.view_branches")
def branch_list(request: ClinicRequest) -> HttpResponse:
    """The main branch and the others, each with its rooms."""
    rooms, branches = list(Room.objects.all()), list(Branch.objects.all())
    shown = [
        Shown(branch, [room for room in rooms if room.branch_id == branch.pk], is_main=branch.pk is None)
        for branch in (Branch.main(), *branches)
    ]
    context = {
        "shown": [one for one in shown if one.branch.is_active],
        "retired": [one.branch for one in shown if not one.branch.is_active],
    }
    return render(request, "scheduling/branches/list.html", context)


@requires("scheduling.add_branch")
def add_branch(request: ClinicRequest) -> HttpResponse:
    """Open another branch."""
    form = BranchForm(request.POST or None)
    if request.method == "POST" and form.submit(services.add_branch, by=request.member):
        messages.success(request, _("The branch is added. Say in the doctors’ hours who works there."))
        return redirect("scheduling:branch_list")
    return render(request, "scheduling/branches/form.html", {"form": form})


@requires("scheduling.update_branch")
def update_branch(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what is said of a branch."""
    branch = get_object_or_404(Branch, pk=pk)
    form = BranchForm(request.POST or None, instance=branch)
    if request.method == "POST" and form.submit(services.update_branch, branch=branch, by=request.member):
        messages.success(request, _("Changed."))
        return redirect("scheduling:branch_list")
    return render(request, "scheduling/branches/form.html", {"form": form, "branch": branch})


@requires("scheduling.retire_branch")
@require_POST
def retire_branch(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Use a branch no longer."""
    return _step(request, Branch, pk, services.retire_branch, _("This branch is no longer in use."))


@requires("scheduling.reopen_branch")
@require_POST
def reopen_branch(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Use a branch again."""
    return _step(request, Branch, pk, services.reopen_branch, _("This branch is in use again."))


@requires("scheduling.add_room")
def add_room(request: ClinicRequest) -> HttpResponse:
    """Add a room to the branch that the address names (?branch=); without one, to the main branch."""
    branch = _branch_asked_for(request)
    form = RoomForm(request.POST or None)
    if request.method == "POST" and form.submit(services.add_room, by=request.member, branch=branch):
        messages.success(request, _("The room is added. Say in the doctors’ hours who has it when."))
        return redirect("scheduling:branch_list")
    context = {"form": form, "branch": branch or Branch.main()}
    return render(request, "scheduling/branches/room_form.html", context)


@requires("scheduling.update_room")
def update_room(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a room's name, or what it is for."""
    room = get_object_or_404(Room.objects.select_related("branch"), pk=pk)
    form = RoomForm(request.POST or None, instance=room)
    if request.method == "POST" and form.submit(services.update_room, room=room, by=request.member):
        messages.success(request, _("Changed."))
        return redirect("scheduling:branch_list")
    context = {"form": form, "room": room, "branch": room.branch or Branch.main()}
    return render(request, "scheduling/branches/room_form.html", context)


@requires("scheduling.retire_room")
@require_POST
def retire_room(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Use a room no longer."""
    return _step(request, Room, pk, services.retire_room, _("This room is no longer in use."))


@requires("scheduling.reopen_room")
@require_POST
def reopen_room(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Use a room again."""
    return _step(request, Room, pk, services.reopen_room, _("This room is in use again."))


@requires("scheduling.assign_room")
def assign_room(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose the room of a visit among those that are free then."""
    appointment = visible_or_404(request, pk)
    rooms = free_rooms(appointment)
    form = AssignRoomForm(request.POST or None, rooms=rooms, initial={"room": appointment.room_id})
    if request.method == "POST" and form.submit(
        services.assign_room, appointment=appointment, by=request.member
    ):
        messages.success(request, _("The visit has its room."))
        return redirect(back_from(request, appointment))
    context = {"appointment": appointment, "form": form, "rooms": rooms}
    return render(request, "scheduling/branches/assign_room.html", context)


def _branch_asked_for(request: ClinicRequest) -> Branch | None:
    try:
        key = uuid.UUID(request.GET.get("branch", ""))
    except ValueError:
        return None
    found: Branch = get_object_or_404(Branch.objects.active(), pk=key)
    return found


def _step(request: ClinicRequest, model: Any, pk: uuid.UUID, service: Any, done: str) -> HttpResponse:
    carry_out(request, service, get_object_or_404(model, pk=pk), done)
    return redirect("scheduling:branch_list")

"""At which branch: what the address asks for, and between which there is a choice."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from accounts.members.models import DoctorProfile
from clinic.http import ClinicRequest
from scheduling.models import Appointment, AvailabilityRule, Branch, Mode
from scheduling.models.branches import branch_key
from tenants.models.places import Place


class Chip(NamedTuple):
    """A branch to choose, and how many kilometres it is away, where that is known."""

    branch: Branch
    kilometres: float | None = None

    @property
    def key(self) -> str:
        """As the address names it."""
        return self.branch.key


class Offered(NamedTuple):
    """Where the hours of some doctors are: how they meet patients, and at which branches."""

    modes: list[Mode]
    branches: list[Chip]


def offered(doctors: Iterable[UUID], near: Place | None = None) -> Offered:
    """Where these doctors see patients; branches only where there are several, the nearest first.

    One statement in a clinic with one address, otherwise two.
    """
    rules = AvailabilityRule.objects.filter(doctor__in=list(doctors)).order_by()
    found = set(rules.values_list("mode", "branch").distinct())
    modes = {mode for mode, _branch in found}
    keys = {branch for _mode, branch in found}
    others = list(Branch.objects.filter(pk__in=keys - {None})) if keys - {None} else []
    branches = [Branch.main(), *others] if None in keys else others
    chips = [Chip(branch, _kilometres(branch, near)) for branch in branches] if len(branches) > 1 else []
    return Offered([mode for mode in Mode if mode in modes], sorted(chips, key=_far) if near else chips)


def _kilometres(branch: Branch, near: Place | None) -> float | None:
    return near.kilometres_to(branch.place) if near and branch.place else None


def _far(chip: Chip) -> float:
    return float("inf") if chip.kilometres is None else chip.kilometres


def wanted_branch(request: ClinicRequest, branches: Sequence[Chip]) -> str:
    """The branch the form or the address asks for; the nearest, if it says where somebody is; else any."""
    asked = request.POST.get("branch") or request.GET.get("branch") or ""
    if asked in [chip.key for chip in branches]:
        return asked
    is_near = "branch" not in request.GET and branches and branches[0].kilometres is not None
    return branches[0].key if is_near else ""


def kept_branch(
    request: ClinicRequest, appointment: Appointment, doctor: DoctorProfile
) -> tuple[list[Chip], str]:
    """The doctor's branches for another time of the visit: its own, unless the address asks for another."""
    branches = offered([doctor.pk]).branches
    is_same = doctor.pk == appointment.doctor_id and "branch" not in request.GET
    own = branch_key(appointment.branch_id) if is_same else ""
    return branches, wanted_branch(request, branches) or (own if branches else "")


def whence(request: ClinicRequest) -> Place | None:
    """Where somebody is, if the address says it (?near=6.45,3.47)."""
    return Place.read(request.GET.get("near", ""))

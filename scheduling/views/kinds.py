"""What kind of visit somebody chose in the address, and where: the chips above the free times."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from accounts.members.models import DoctorProfile
from clinic.http import ClinicRequest
from scheduling.models import AppointmentType, Mode
from scheduling.models.slots import Terms
from scheduling.views.where import Chip, offered, wanted_branch, whence


class Wanted(NamedTuple):
    """The kinds of visits and the places one may choose between, and those that are chosen."""

    kinds: list[Any]
    kind: Any
    places: list[Mode]
    place: Mode | None
    branches: list[Chip]
    branch: str

    @property
    def terms(self) -> Terms:
        """What is asked of a free time, by somebody whom the clinic's notice and horizon bind."""
        kind = self.kind.pk if self.kind else None
        return Terms(kind, self.place, by_patient=True, branch=self.branch or None)

    @property
    def query(self) -> str:
        """The choice as the next address carries it: "" or "&kind=…&place=…&branch=…"."""
        chosen = {"kind": self.kind.pk if self.kind else None, "place": self.place, "branch": self.branch}
        carried = urlencode({name: value for name, value in chosen.items() if value})
        return f"&{carried}" if carried else ""


def wanted(request: ClinicRequest, doctors: Iterable[UUID], doctor: DoctorProfile | None = None) -> Wanted:
    """What the address or the form asks for; the first kind that is offered where it asks for none."""
    public = AppointmentType.objects.public()
    kinds = list(public.offered_by(doctor) if doctor else public)
    asked = request.POST.get("appointment_type") or request.GET.get("kind") or ""
    kind = next((kind for kind in kinds if str(kind.pk) == asked), kinds[0] if kinds else None)
    places, branches = offered(doctors, whence(request))
    chosen = request.POST.get("mode") or request.GET.get("place")
    place = next((place for place in places if place == chosen), None)
    chosen_branch = wanted_branch(request, branches)
    return Wanted(kinds, kind, places if len(places) > 1 else [], place, branches, chosen_branch)

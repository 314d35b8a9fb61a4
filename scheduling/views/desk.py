"""What kind of visit the desk is booking, and where: chips above the free times."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from django.utils import timezone

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.http import ClinicRequest
from scheduling.forms import instant
from scheduling.models import Appointment, AppointmentType, Status
from scheduling.models.slots import Terms
from scheduling.models.types import Kind
from scheduling.services.fees import Offer, offers_to
from scheduling.views.where import Chip, offered, wanted_branch


class Place(NamedTuple):
    """A place the doctor's hours offer; an empty value is any of them."""

    value: str
    label: Any


class Kinds(NamedTuple):
    """The kinds of visits that can be booked, the chosen one, and the places."""

    offers: list[Offer]
    offer: Offer | None
    places: list[Place]
    place: str
    fee: Any
    branches: Sequence[Chip] = ()
    branch: str = ""

    @property
    def terms(self) -> Terms:
        """What a free time must be fit for."""
        kind = self.offer.type.pk if self.offer else None
        return Terms(kind, self.place or None, branch=self.branch or None)

    @property
    def minutes(self) -> int | None:
        """How long the visit takes, where the kind says it."""
        return self.offer.minutes if self.offer else None

    @classmethod
    def of(cls, request: ClinicRequest, patient: PatientProfile, doctor: DoctorProfile | None) -> Self:
        """What the address or the form asks for (?type=, ?mode=); otherwise what is likely."""
        wanted = request.POST.get("appointment_type") or request.GET.get("type") or ""
        at = instant(request.POST.get("starts_at") or request.GET.get("at")) or timezone.now()
        offers = offers_to(patient, doctor, at) if doctor else _of_anybody()
        offer = next((offer for offer in offers if str(offer.type.pk) == wanted), None)
        offer = offer or _likely(offers, patient)
        modes, branches = offered([doctor.pk] if doctor else [])
        places = [Place(mode.value, mode.label) for mode in modes] if len(modes) > 1 else []
        place = request.POST.get("mode") or request.GET.get("mode") or ""
        fee = offer.fee if offer else doctor.consultation_fee if doctor else None
        known = place if place in [known.value for known in places] else ""
        return cls(offers, offer, places, known, fee, branches, wanted_branch(request, branches))


def _of_anybody() -> list[Offer]:
    """The kinds of visits before a doctor is chosen: without a fee, which may be the doctor's."""
    return [Offer(kind, kind.minutes, None, is_reduced=False) for kind in AppointmentType.objects.active()]


def _likely(offers: list[Offer], patient: PatientProfile) -> Offer | None:
    """A first visit for who was never here, otherwise the first of the others."""
    if not offers:
        return None
    was_here = Appointment.objects.for_patient(patient).filter(status=Status.FULFILLED).exists()
    return next((offer for offer in offers if (offer.type.kind == Kind.NEW) != was_here), offers[0])

"""Every page that shows something clinical of one patient is held: who is outside the care breaks the glass.

The middleware finds such pages by what they declare: whose permission belongs to a clinical room and whose
address names a record. It needs no call in the views, and a page whose record it does not know is refused.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import structlog
from django.db.models import Case, F, OuterRef, Value, When
from django.http import HttpResponse
from django.urls import ResolverMatch, reverse

from accounts.members.gate import declared_permission, forbidden, to_page
from accounts.members.models import Allergy, Condition, PatientProfile
from clinic.exports.models import Export
from clinic.http import ClinicRequest
from records.care import in_care, needs_care
from records.documents.models import HealthRecord, RecordFile
from records.history.kinds import KINDS as HISTORY
from records.models import Consultation, Diagnosis, Prescription
from records.observations.models import Observation
from scheduling.models import Appointment

log = structlog.get_logger(__name__)

# The rooms of which every page with a record in its address is held, and single pages of others.
ROOMS = frozenset({"records", "observations", "documents", "history", "chart"})
PERMISSIONS = frozenset(
    {
        "members.add_allergy",
        "members.remove_allergy",
        "members.add_condition",
        "members.remove_condition",
        "members.resolve_condition",
        "exports.patient_exports",
        "exports.ask_for_patient",
        "exports.export_state",
        "exports.fetch_export",
        "exports.download_export",
        "exports.delete_export",
    }
)
# Where a doctor says why, and where the page itself leaves out what is clinical (`request.outside_care`).
OPEN_TO_ALL = frozenset({"records.break_glass"})
PARTLY = frozenset({"members:patient"})
# Whose record it is, by the part of the address before its key: the model, and the way to the patient's key.
BEHIND: Mapping[str, tuple[Any, str]] = MappingProxyType(
    {
        "patients": (PatientProfile, "pk"),
        "appointments": (Appointment, "patient_id"),
        "consultations": (Consultation, "patient_id"),
        "prescriptions": (Prescription, "patient_id"),
        "diagnoses": (Diagnosis, "patient_id"),
        "measurements": (Observation, "patient_id"),
        "health-records": (HealthRecord, "patient_id"),
        "record-files": (RecordFile, "patient_id"),
        "allergies": (Allergy, "patient_id"),
        "conditions": (Condition, "patient_id"),
        **{kind.segment: (kind.model, "patient_id") for kind in HISTORY.values()},
        "exports": (Export, "patient_id"),
    }
)
# What in these rooms is nobody's record.
NOBODYS = frozenset({"papers", "paper-files", "text-templates", "favourites"})


class CareMiddleware:
    """Sends a doctor who opens the record of a patient outside the care to the glass."""

    def __init__(self, get_response: Callable[[ClinicRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        """Nobody is outside until a page about a patient is asked for."""
        request.outside_care = False
        return self.get_response(request)

    def process_view(
        self, request: ClinicRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Let the page be opened, or say why not."""
        match = request.resolver_match
        if match is None or not needs_care(request.member):
            return None
        if match.view_name in PARTLY:
            request.outside_care = any(_outside(request.member, match))
            return None
        if not is_held(declared_permission(request, view)):
            return None
        try:
            outside = next(_outside(request.member, match), None)
        except KeyError:
            log.error("page_without_patient", page=match.view_name)
            return forbidden(request)
        return to_page(request, glass_of(request, outside)) if outside else None


def is_held(permission: str | None) -> bool:
    """Whether pages that ask for this permission show or write something clinical."""
    room = (permission or "").partition(".")[0]
    return (room in ROOMS or permission in PERMISSIONS) and permission not in OPEN_TO_ALL


def records_of(match: ResolverMatch) -> Iterator[tuple[str, uuid.UUID]]:
    """The records an address names: what kind of record by the part before its key, and the key."""
    parts = match.route.split("/")
    keys = iter(key for key in match.kwargs.values() if not isinstance(key, int))
    for before, part in pairwise(parts):
        if part.startswith("<") and not part.startswith("<int:"):
            yield before, next(keys)


def _outside(member: Any, match: ResolverMatch) -> Iterator[Any]:
    """The patients of the address who are not in the doctor's care. Raises KeyError for an unknown record."""
    for kind, key in records_of(match):
        if kind in NOBODYS:
            continue
        model, patient = BEHIND[kind]
        is_ours = Case(When(in_care(member.pk, OuterRef(patient)), then=Value(True)), default=Value(False))
        found = model.objects.filter(pk=key).annotate(is_in_care=is_ours, whose=F(patient))
        yield from (whose for whose, ours in found.values_list("whose", "is_in_care") if not ours)


def glass_of(request: ClinicRequest, patient_id: Any) -> str:
    """The page on which the doctor says why, and which leads back here; what was sent is not done."""
    glass = reverse("chart:break_glass", args=[patient_id])
    is_page = request.method in ("GET", "HEAD") and not request.htmx
    return f"{glass}?{urlencode({'next': request.get_full_path()})}" if is_page else glass

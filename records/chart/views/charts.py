"""A patient's record as a whole."""

import uuid
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET
from phonenumber_field.phonenumber import to_python

from accounts.members.models import EmergencyContact, PatientProfile
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest
from records.chart.forms import TimelineForm
from records.chart.timeline import timeline
from records.history.models import PastMedication
from records.models import Diagnosis
from records.views.charts import PAGE, known_of

# On one sheet to print; more than that is printed year by year.
WHOLE = 500


@requires("records.chart")
@require_GET
def chart(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything known of one patient: what matters now beside what happened, the latest first."""
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    patient = get_object_or_404(patients.annotate(whom_to_call=_contacts(), taken=_taken()), pk=pk)
    record_read(patient, patient_id=patient.pk)
    form = TimelineForm(request.GET)
    is_whole = request.GET.get("show") == "all"
    page = timeline(
        patient,
        request.member,
        **form.asked(),
        page=request.GET.get("page"),
        size=WHOLE if is_whole else PAGE,
    )
    known = known_of(patient, taken=patient.taken)  # type: ignore[attr-defined]
    context = {**known, "diagnoses": _main_diagnoses(patient), "contacts": _phones(patient)}
    return render(
        request, "chart/chart.html", {**context, "page_obj": page, "form": form, "is_whole": is_whole}
    )


def _contacts() -> ArraySubquery:
    """Whom to call, read along with the patient."""
    whom = EmergencyContact.objects.filter(patient=OuterRef("pk")).order_by("created_at", "id")
    return ArraySubquery(whom.values(known=JSONObject(name="name", relation="relationship", phone="phone")))


def _taken() -> ArraySubquery:
    """The medicines by others (as records.taken has them), read along with the patient."""
    told = PastMedication.objects.current_for(OuterRef("pk"))
    return ArraySubquery(told.values(known=JSONObject(medicine="title", dosage="dosage", told_by="source")))


def _phones(patient: Any) -> list[dict[str, Any]]:
    """The contacts with their numbers as people dial and read them."""
    return [{**contact, "phone": to_python(contact["phone"])} for contact in patient.whom_to_call]


def _main_diagnoses(patient: PatientProfile) -> list[Diagnosis]:
    """What the patient was seen for, each once with the last time, latest first."""
    found = Diagnosis.objects.for_patient(patient).main()
    once = found.order_by("code", "-consultation__started_at").distinct("code")
    latest: Callable[[Diagnosis], Any] = attrgetter("consultation.started_at")
    return sorted(once, key=latest, reverse=True)

"""Writing prescriptions: what is typed is kept while it is typed, and two windows lose nothing."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest
from clinic.models import Refusal
from records import services
from records.forms import FIRST_ROWS, MOST_ITEMS, PrescriptionForm, blank_row
from records.models import Consultation, Favourite, Prescription
from records.views.consultations import begin, read_revision
from records.views.favourites import add_favourite, insert_favourite, repeat_last


@requires("records.prescribe")
@require_POST
def prescribe(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Open a prescription of this consultation."""
    consultation = get_object_or_404(Consultation.objects.written_by(request.member), pk=pk)
    return begin(
        request, services.prescribe, consultation, "records:consultation", "records:save_prescription"
    )


@requires("records.save_prescription")
@require_http_methods(["GET", "POST"])
def save_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Write a prescription, row by row."""
    found = _own(request, pk)
    if request.method == "GET":
        if not found.is_draft:
            return redirect("records:prescription", pk)
        record_read(found, patient_id=found.patient_id)
    form = PrescriptionForm(request.POST or None, prescription=found, rows=_rows(request))
    if request.method == "POST" and form.submit(
        services.save_prescription, prescription=found, by=request.member, revision=read_revision(request)
    ):
        return _go_on(request, found, form)
    return _write_page(request, found, form)


@requires("records.save_prescription")
@require_POST
def keep_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what is typed while it is being typed: every row that names its medicine so far."""
    found = _own(request, pk)
    form = PrescriptionForm(request.POST, prescription=found)
    try:
        kept = services.save_prescription(
            found, by=request.member, revision=read_revision(request), **form.so_far()
        )
    except Refusal as refusal:
        return render(request, "records/parts/not_kept.html", {"refusal": refusal}, status=409)
    answer = redirect("records:kept_prescription", pk, kept.revision)
    answer["Location"] += "?unnamed=1" if form.has_unnamed else ""
    return answer


@requires("records.save_prescription")
@require_GET
def kept_prescription(request: ClinicRequest, pk: uuid.UUID, revision: int) -> HttpResponse:
    """That the rows are kept, as which revision."""
    context = {"revision": revision, "now": timezone.now(), "unnamed": "unnamed" in request.GET}
    return render(request, "records/parts/kept.html", context)


@requires("records.save_prescription")
@require_GET
def prescription_row(request: ClinicRequest, number: int) -> HttpResponse:
    """One more empty row at place `number` (from 0), put in by htmx."""
    place = min(number, MOST_ITEMS - 1)
    context = {"row": blank_row(place), "number": place + 1, "is_full": place + 1 >= MOST_ITEMS}
    return render(request, "records/parts/added_row.html", context)


def _own(request: ClinicRequest, pk: uuid.UUID) -> Prescription:
    own = Prescription.objects.written_by(request.member)
    return get_object_or_404(own.select_related("patient__member", "consultation"), pk=pk)


def _rows(request: ClinicRequest) -> int:
    asked = request.GET.get("rows", "")
    return min(int(asked), MOST_ITEMS) if asked.isdecimal() and asked.isascii() else FIRST_ROWS


# What the buttons beside the rows do once these are kept: "verb:which".
BESIDE = {"insert": insert_favourite, "repeat": repeat_last, "favourite": add_favourite}


def _go_on(request: ClinicRequest, prescription: Prescription, form: PrescriptionForm) -> HttpResponse:
    """Do what the pressed button says once the rows are kept, and lead on."""
    # Enter in the field of the favourite's name presses the form's first button, which says nothing.
    named = "favourite" if request.POST.get("favourite_name", "").strip() else ""
    then, _colon, which = request.POST.get("then", named).partition(":")
    if then == "check":
        return redirect("records:prescription", prescription.pk)
    editor = redirect("records:save_prescription", prescription.pk)
    if then == "row":
        editor["Location"] += f"?rows={form.items.total_form_count() + 1}#add-row"
    elif then in BESIDE:
        BESIDE[then](request, prescription, form, which)
    else:
        messages.success(request, _("Saved."))
    return editor


def _write_page(request: ClinicRequest, prescription: Prescription, form: PrescriptionForm) -> HttpResponse:
    stored = getattr(form.refusal, "stored", None)
    context: dict[str, Any] = {
        "prescription": prescription,
        "form": form,
        "revision": (stored or prescription).revision,
        "stored": stored,
        "allergies": prescription.patient.allergies.all(),
        "favourites": Favourite.objects.of(request.member),
        "last": Prescription.objects.to_repeat(prescription.patient_id).with_content().first(),
    }
    return render(request, "records/save_prescription.html", context)

"""Writing, signing and reading consultations."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest, carry_out
from clinic.models import Refusal
from records import services
from records.forms import AddendumForm, ConsultationForm
from records.models import AddendumDraft, Consultation, Prescription, TextTemplate
from records.views.charts import PAGE, known_of
from records.views.onward import go_on
from scheduling.models import Appointment

LAST_VISITS = 5
# What the writing page leaves out of its list.
SHOWN = {"unfinished", "signed"}


@requires("records.consultation_list")
@require_GET
def consultation_list(request: ClinicRequest) -> HttpResponse:
    """The doctor's own consultations: what waits for a signature first."""
    written = Consultation.objects.written_by(request.member)
    shown = request.GET.get("show", "")
    if shown in SHOWN:
        written = getattr(written, shown)()
    listed = (
        written.unfinished_first().select_related("patient__member").defer("history", "examination", "plan")
    )
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    return render(request, "records/consultation_list.html", {"page_obj": page, "shown": shown})


@requires("records.start_consultation")
@require_POST
def start_consultation(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Open the consultation of an appointment."""
    appointment = get_object_or_404(Appointment.objects.visible_to(request.member), pk=pk)
    return begin(request, services.start_consultation, appointment, "scheduling:appointment")


@requires("records.start_walk_in")
@require_POST
def start_walk_in(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Open a consultation with a patient who has no appointment."""
    patient = get_object_or_404(PatientProfile.objects.visible_to(request.member), pk=pk)
    return begin(request, services.start_walk_in, patient, "chart:chart")


def begin(
    request: ClinicRequest,
    service: Callable[..., Any],
    about: Any,
    back: str,
    to: str = "records:consultation",
) -> HttpResponse:
    """Begin something `about` a record and go on to its page; a refusal leads `back` to the record's."""
    begun = carry_out(request, service, about)
    return redirect(to, begun.pk) if begun else redirect(back, about.pk)


@requires("records.consultation")
@require_GET
def consultation(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The page to write on for the treating doctor; the page to read for everybody else, and once signed."""
    found = get_object_or_404(Consultation.objects.visible_to(request.member).with_people(), pk=pk)
    record_read(found, patient_id=found.patient_id)
    if found.is_open and found.doctor_id == request.member.pk:
        return _write_page(request, found, ConsultationForm(instance=found))
    return read_page(request, found)


@requires("records.save_consultation")
@require_http_methods(["GET", "POST"])
def save_consultation(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep the text, and go on to what the pressed button says."""
    found = get_object_or_404(Consultation.objects.written_by(request.member).with_people(), pk=pk)
    if request.method == "GET":
        return redirect("records:consultation", pk)
    form = ConsultationForm(request.POST, instance=found)
    revision = read_revision(request)
    if form.submit(services.save_consultation, consultation=found, by=request.member, revision=revision):
        return go_on(request, found)
    return _write_page(request, found, form)


@requires("records.save_consultation")
@require_POST
def keep_consultation(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what is typed while it is being typed: every field that is well-formed so far."""
    found = get_object_or_404(Consultation.objects.written_by(request.member).with_people(), pk=pk)
    form = ConsultationForm(request.POST, instance=found)
    form.full_clean()
    try:
        kept = services.save_consultation(
            found, by=request.member, revision=read_revision(request), **form.cleaned_data
        )
    except Refusal as refusal:
        return render(request, "records/parts/not_kept.html", {"refusal": refusal}, status=409)
    return redirect("records:kept_consultation", pk, kept.revision)


@requires("records.save_consultation")
@require_GET
def kept_consultation(request: ClinicRequest, pk: uuid.UUID, revision: int) -> HttpResponse:
    """That the text is kept, as which revision."""
    return render(request, "records/parts/kept.html", {"revision": revision, "now": timezone.now()})


def read_revision(request: ClinicRequest) -> int:
    """The revision the writer has seen; none is one that never was."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1


@requires("records.sign_consultation")
@require_http_methods(["GET", "POST"])
def sign_consultation(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what is about to be signed; sign it."""
    found = get_object_or_404(Consultation.objects.written_by(request.member).with_people(), pk=pk)
    if request.method == "GET" and found.is_open:
        record_read(found, patient_id=found.patient_id)
        return render(
            request, "records/sign_consultation.html", {"consultation": found, **_prescribed(found)}
        )
    if request.method == "POST":
        said = _("Signed. From now on it stays as it is; you can add to it below.")
        carry_out(request, services.sign_consultation, found, said)
    return redirect("records:consultation", pk)


@requires("records.cancel_consultation")
@require_http_methods(["GET", "POST"])
def cancel_consultation(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Give up a consultation, with a reason."""
    found = get_object_or_404(Consultation.objects.written_by(request.member).with_people(), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.cancel_consultation, consultation=found, by=request.member
    ):
        messages.success(request, _("The consultation is cancelled."))
        return redirect("chart:chart", found.patient_id)
    return render(request, "records/cancel_consultation.html", {"consultation": found, "form": form})


def _write_page(request: ClinicRequest, consultation: Consultation, form: ConsultationForm) -> HttpResponse:
    others = Consultation.objects.for_patient(consultation.patient).signed().select_related("doctor__member")
    stored = getattr(form.refusal, "stored", None)
    text_templates = list(TextTemplate.objects.for_doctor(consultation.doctor))
    context = {
        "consultation": consultation,
        "form": form,
        "revision": (stored or consultation).revision,
        "versions": _versions(stored, form) if stored else [],
        "visits": others.with_diagnoses()[:LAST_VISITS],
        "text_templates": text_templates,
        "texts": {str(text_template.pk): text_template.texts for text_template in text_templates},
        **_prescribed(consultation),
        **known_of(consultation.patient),
    }
    return render(request, "records/write_consultation.html", context)


class Version(NamedTuple):
    """A field of which two versions were written."""

    name: str
    label: Any
    stored: Any
    typed: Any


def _versions(stored: Consultation, form: ConsultationForm) -> list[Version]:
    """What is stored and what was typed, where they differ."""
    return [
        Version(name, form.fields[name].label, kept, typed)
        for name, typed in form.cleaned_data.items()
        if (kept := getattr(stored, name)) != typed
    ]


def read_page(
    request: ClinicRequest, consultation: Consultation, form: AddendumForm | None = None
) -> HttpResponse:
    """The page to read; for the treating doctor with the addendum that is being written."""
    kept = AddendumDraft.objects.filter(consultation=consultation).first() or AddendumDraft()
    context = {
        "consultation": consultation,
        "form": form or AddendumForm(initial={"text": kept.text}),
        "revision": kept.revision,
        "addenda": consultation.addenda.select_related("author"),
        **_prescribed(consultation),
        **known_of(consultation.patient),
    }
    return render(request, "records/consultation.html", context)


def _prescribed(consultation: Consultation) -> dict[str, list[Prescription]]:
    found = consultation.prescriptions.exclude(status=Prescription.Status.CANCELLED).with_content()
    return {"prescriptions": list(found)}

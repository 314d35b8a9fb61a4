"""Where the pressed button of the writing page leads once the text is kept."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.http import ClinicRequest, carry_out
from records import services
from records.models import Consultation, TextTemplate


def go_on(request: ClinicRequest, consultation: Consultation) -> HttpResponse:
    """Go where `then` says; a button that says nothing stays on the page."""
    return STEPS.get(request.POST.get("then", ""), _stay)(request, consultation)


def _stay(request: ClinicRequest, consultation: Consultation) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("records:consultation", consultation.pk)


def _sign(request: ClinicRequest, consultation: Consultation) -> HttpResponse:
    return redirect("records:sign_consultation", consultation.pk)


def _prescribe(request: ClinicRequest, consultation: Consultation) -> HttpResponse:
    return redirect("records:save_prescription", services.prescribe(consultation, by=request.member).pk)


def _measure(request: ClinicRequest, consultation: Consultation) -> HttpResponse:
    page = reverse("observations:record_measurements", args=[consultation.patient_id])
    return redirect(f"{page}?consultation={consultation.pk}")


def _diagnose(request: ClinicRequest, consultation: Consultation) -> HttpResponse:
    query = {"term": request.POST.get("term", "").strip()}
    return redirect(reverse("records:diagnoses", args=[consultation.pk], query=query))


def _enter(request: ClinicRequest, consultation: Consultation) -> HttpResponse:
    """The key Enter in a field of one line: in the search it means to find."""
    return (_diagnose if request.POST.get("term", "").strip() else _stay)(request, consultation)


def _insert(request: ClinicRequest, consultation: Consultation) -> HttpResponse:
    """A text template, where there is no JavaScript: it comes after what was just kept."""
    offered = TextTemplate.objects.for_doctor(consultation.doctor)
    chosen = get_object_or_404(offered, pk=_key(request.POST.get("text_template", "")))
    said = _("“%(name)s” is inserted.") % {"name": chosen}
    carry_out(request, services.insert_text_template, consultation, said, text_template=chosen)
    return redirect("records:consultation", consultation.pk)


def _key(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None


STEPS = {
    "template": _insert,
    "sign": _sign,
    "prescribe": _prescribe,
    "measure": _measure,
    "diagnose": _diagnose,
    "enter": _enter,
}

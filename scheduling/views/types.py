"""The clinic's kinds of visits: how long they take, what they cost, and which doctor does otherwise."""

import uuid
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members.models import DoctorProfile
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from clinic.models import Refusal
from scheduling import services
from scheduling.forms import AppointmentTypeForm, DoctorTypeForm
from scheduling.models import AppointmentType, DoctorAppointmentType
from scheduling.views.availability import run_by
from scheduling.views.day import active_doctors


@requires("scheduling.view_appointment_types")
def appointment_type_list(request: ClinicRequest) -> HttpResponse:
    """All kinds of visits, in the order in which they are offered."""
    types = list(AppointmentType.objects.all())
    context = {
        "types": [kind for kind in types if kind.is_active],
        "retired": [kind for kind in types if not kind.is_active],
    }
    return render(request, "scheduling/types.html", context)


@requires("scheduling.add_appointment_type")
def add_appointment_type(request: ClinicRequest) -> HttpResponse:
    """Offer another kind of visit."""
    form = AppointmentTypeForm(request.POST or None)
    if request.method == "POST" and form.submit(services.add_appointment_type, by=request.member):
        messages.success(request, _("The kind of visit can be booked now."))
        return redirect("scheduling:appointment_type", form.result.pk)
    return render(request, "scheduling/types_form.html", {"form": form})


@requires("scheduling.add_appointment_type")
@require_POST
def add_usual_appointment_types(request: ClinicRequest) -> HttpResponse:
    """Begin with the kinds of visits most clinics have."""
    try:
        services.add_usual_appointment_types(by=request.member)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, _("These kinds of visits can be booked now. Change what is different with you.")
        )
    return redirect("scheduling:appointment_type_list")


@requires("scheduling.view_appointment_types")
def appointment_type(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """One kind of visit, and which doctors do it otherwise."""
    kind = get_object_or_404(AppointmentType, pk=pk)
    return render(request, "scheduling/types_one.html", {"type": kind, "habits": _habits(request, kind)})


@requires("scheduling.update_appointment_type")
def update_appointment_type(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a kind of visit."""
    kind = get_object_or_404(AppointmentType, pk=pk)
    form = AppointmentTypeForm(request.POST or None, instance=kind)
    if request.method == "POST" and form.submit(
        services.update_appointment_type, appointment_type=kind, by=request.member
    ):
        messages.success(request, _("Changed. Visits already booked keep their time and their fee."))
        return redirect("scheduling:appointment_type", pk)
    return render(request, "scheduling/types_form.html", {"form": form, "type": kind})


@requires("scheduling.retire_appointment_type")
@require_POST
def retire_appointment_type(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Offer a kind of visit no longer."""
    kind = get_object_or_404(AppointmentType, pk=pk)
    carry_out(request, services.retire_appointment_type, kind, _("This kind of visit is no longer offered."))
    return redirect("scheduling:appointment_type", pk)


@requires("scheduling.restore_appointment_type")
@require_POST
def restore_appointment_type(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Offer a kind of visit again."""
    kind = get_object_or_404(AppointmentType, pk=pk)
    carry_out(request, services.restore_appointment_type, kind, _("This kind of visit is offered again."))
    return redirect("scheduling:appointment_type", pk)


@requires("scheduling.adapt_appointment_type")
def adapt_appointment_type(request: ClinicRequest, pk: uuid.UUID, doctor_id: uuid.UUID) -> HttpResponse:
    """What one doctor does otherwise in this kind of visit."""
    kind = get_object_or_404(AppointmentType, pk=pk)
    doctor = get_object_or_404(run_by(request), pk=doctor_id)
    own = DoctorAppointmentType.objects.filter(doctor=doctor, appointment_type=kind).first()
    form = DoctorTypeForm(request.POST or None, instance=own)
    if request.method == "POST" and form.submit(
        services.adapt_appointment_type, appointment_type=kind, by=request.member, doctor=doctor
    ):
        messages.success(request, _("Changed. Visits already booked keep their time and their fee."))
        return redirect("scheduling:appointment_type", pk)
    return render(request, "scheduling/types_doctor.html", {"form": form, "type": kind, "doctor": doctor})


class Habit(NamedTuple):
    """How one doctor does a kind of visit."""

    doctor: DoctorProfile
    own: DoctorAppointmentType | None
    may_change: bool


def _habits(request: ClinicRequest, kind: AppointmentType) -> list[Habit]:
    member = request.member
    own = {habit.doctor_id: habit for habit in kind.doctors.all()}
    runs_all = member.may("members.administer")
    return [
        Habit(doctor, own.get(doctor.pk), runs_all or doctor.pk == member.pk) for doctor in active_doctors()
    ]

"""The demo's kinds of visits, a treatment that comes every week, an urgent visit beside another, an agent."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.members.models import Member
from clinic.demo.bookings import some_patient
from clinic.demo.scene import Scene, Timeline
from scheduling.models import Appointment, AppointmentSeries, AppointmentType, Source, Status, next_free
from scheduling.models.slots import ANY, Terms
from scheduling.models.types import Kind
from scheduling.services import (
    adapt_appointment_type,
    add_usual_appointment_types,
    book_appointment,
    book_series,
    request_for_patient,
)
from scheduling.services.plans import plan_visits, weekly

WEEKS = 6
# Whom the agent brings; the clinic has still to answer.
BROUGHT: dict[str, Any] = {
    "given_name": "Samuel",
    "family_name": "Aluko",
    "date_of_birth": date(1971, 4, 2),
    "email": "samuel.aluko@patients.example",
}


def offer_kinds(scene: Scene) -> None:
    """The usual kinds of visits; one doctor takes longer for a check-up, another does none."""
    add_usual_appointment_types(by=scene.admin)
    checkup = AppointmentType.objects.get(kind=Kind.CHECKUP)
    longer, without = scene.doctors[0], scene.doctors[-1]
    adapt_appointment_type(checkup, by=scene.admin, doctor=longer, minutes=60)
    adapt_appointment_type(checkup, by=scene.admin, doctor=without, is_offered=False)


def plan_kinds(scene: Scene, line: Timeline, day: date) -> None:
    """What the desk and the agent book today besides the usual."""
    if day != scene.today:
        return
    line.add(line.until - timedelta(minutes=150), scene.desk, repeat, scene)
    line.add(line.until - timedelta(minutes=100), scene.desk, squeeze_in, scene)
    line.add(line.until - timedelta(minutes=40), scene.agent, bring, scene)


def repeat(scene: Scene, *, by: Member) -> AppointmentSeries | None:
    """Physiotherapy, every week for six weeks; where a date clashes, the nearest free time of that week."""
    doctor, patient = scene.doctors[0], some_patient(scene)
    visit = AppointmentType.objects.filter(kind=Kind.ROUTINE).first()
    terms = Terms(visit.pk) if visit else ANY
    first = next_free([doctor.pk], timezone.now() + timedelta(days=4), terms).get(doctor.pk)
    if first is None:
        return None
    planned = plan_visits(doctor, patient, weekly(timezone.localtime(first.starts_at), 1, WEEKS), terms)
    times = {
        number: one.wanted if one.is_free else one.proposals[0].starts_at if one.proposals else None
        for number, one in enumerate(planned)
    }
    return book_series(
        by=by,
        doctor=doctor,
        patient=patient,
        every_weeks=1,
        times=times,
        appointment_type=visit,
        reason="Back pain, exercises",
    )


def squeeze_in(scene: Scene, *, by: Member) -> Appointment | None:
    """A child with a fever is seen beside the first visit of tomorrow or later."""
    midnight = timezone.now() + timedelta(hours=14)
    visit = Appointment.objects.filter(status=Status.BOOKED, starts_at__gt=midnight).with_people().first()
    if visit is None:
        return None
    return book_appointment(
        by=by,
        doctor=visit.doctor,
        patient=some_patient(scene),
        starts_at=visit.starts_at,
        minutes=10,
        overbook_reason="Child with a high fever, sent by the school",
        reason="Fever",
        source=Source.RECEPTION,
    )


def bring(scene: Scene, *, by: Member) -> Appointment | None:
    """The agent asks for a first visit of somebody new."""
    kind = AppointmentType.objects.filter(kind=Kind.NEW).first()
    terms = Terms(kind.pk if kind else None, by_patient=True)
    for doctor in scene.doctors:
        free = next_free([doctor.pk], timezone.now() + timedelta(days=1), terms).get(doctor.pk)
        if free and doctor.is_bookable:
            return request_for_patient(
                by=by,
                doctor=doctor,
                starts_at=free.starts_at,
                appointment_type=kind,
                reason="Headaches",
                **BROUGHT,
            )
    return None

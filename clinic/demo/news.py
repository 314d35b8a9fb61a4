"""What the people of the demo find at their bell: others did something shortly before the visitor looks."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.members.models import DoctorProfile, Member, PatientProfile
from clinic.demo.bookings import some_patient
from clinic.demo.kinds import bring
from clinic.demo.scene import Scene, Timeline
from clinic.inbox.services import mark_all_read
from scheduling.models import Appointment, Source, free_slots
from scheduling.services import book_appointment, confirm_appointment


def plan_news(scene: Scene, line: Timeline) -> None:
    """Something for the desk, for each doctor, for the demo's own patient and for the agent."""
    minutes = iter(range(55, 0, -5))

    def ago() -> Any:
        return line.until - timedelta(minutes=next(minutes))

    line.add(ago(), scene.desk, book_soon, scene, scene.guest, scene.doctors[0], 5)
    line.add(ago(), scene.guest.member, book_soon, scene, scene.guest, scene.doctors[-1], 9)
    for doctor in scene.doctors:
        line.add(ago(), scene.desk, book_soon, scene, None, doctor, 0)
    line.add(ago(), scene.agent, ask_and_hear, scene, line)


def book_soon(
    scene: Scene, patient: PatientProfile | None, doctor: DoctorProfile, ahead: int, *, by: Member
) -> Appointment | None:
    """A visit at the first free time from so many days ahead."""
    first = timezone.localdate() + timedelta(days=ahead)
    free = free_slots([doctor.pk], first, first + timedelta(days=1 if ahead == 0 else 7))
    if not free:
        return None
    source = Source.PORTAL if patient and by.pk == patient.pk else Source.RECEPTION
    whom = patient or some_patient(scene)
    return book_appointment(by=by, doctor=doctor, patient=whom, starts_at=free[0].starts_at, source=source)


def ask_and_hear(scene: Scene, line: Timeline, *, by: Member) -> None:
    """The agent asks for a visit, and the desk says yes."""
    if asked := bring(scene, by=by):
        line.add(timezone.now() + timedelta(minutes=2), scene.desk, confirm_appointment, asked)


def read_all() -> None:
    """In the evening everybody has read what there was."""
    for member in Member.objects.able_to_sign_in():
        mark_all_read(by=member)

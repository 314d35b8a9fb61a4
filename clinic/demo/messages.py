"""The demo's messages: two patients read them in their own language, one cannot be told, one is uncertain."""

from contextlib import suppress
from datetime import date, timedelta

from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from accounts.members.services import update_patient
from clinic.demo.scene import Scene, Timeline
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling.models import Appointment, free_slots
from scheduling.services import book_appointment

# By the order in which they came; the others speak the clinic's language.
LANGUAGES = {3: "fr", 7: "de"}
SILENT = 5


def meet_readers(scene: Scene) -> None:
    """Note who reads what, and whom nothing reaches."""
    patients = list(PatientProfile.objects.with_people().order_by("number"))
    for number, language in LANGUAGES.items():
        update_patient(patients[number], by=scene.desk, language=language)
    update_patient(patients[SILENT], by=scene.desk, email="", phone="")


def plan_messages(scene: Scene, line: Timeline, day: date) -> None:
    """Today the desk books for the patient whom no message reaches, and for one whose letter may be lost."""
    if day == scene.today:
        line.add(line.until - timedelta(minutes=95), scene.desk, book_for_the_silent, scene)
        line.add(line.until - timedelta(minutes=55), scene.desk, lose_an_answer, scene)


def book_for_the_silent(scene: Scene, *, by: Member) -> None:
    """A visit whose confirmation waits for the desk to call."""
    _book(scene, PatientProfile.objects.with_people().order_by("number")[SILENT], by)


def lose_an_answer(scene: Scene, *, by: Member) -> None:
    """A visit of whose confirmation nobody knows whether it arrived: the connection broke."""
    reached = PatientProfile.objects.with_people().exclude(member__email="").order_by("number")
    visit = _book(scene, reached[0], by)
    letter = OutboxMessage.objects.filter(about_id=visit.pk if visit else None, status="queued").first()
    if letter:
        letter.move("claim_message", attempts=1, claimed_at=timezone.now())
        sentence = "The connection broke when the message was handed over: it may have arrived."
        letter.move("mark_uncertain", error=f"{sentence}\nConnection unexpectedly closed")


def _book(scene: Scene, patient: PatientProfile, by: Member) -> Appointment | None:
    """The first free time in a week or so at which the patient has no other visit."""
    first = scene.today + timedelta(days=7)
    doctors = {doctor.pk: doctor for doctor in scene.doctors}
    for slot in free_slots(list(doctors), first, first + timedelta(days=7)):
        with suppress(Refusal):
            return book_appointment(
                by=by, doctor=doctors[slot.doctor_id], patient=patient, starts_at=slot.starts_at
            )
    return None


def forget_old_silence() -> None:
    """Nobody is called any more about what could not be told long ago."""
    for message in OutboxMessage.objects.filter(status="failed", recipient=""):
        message.move("void_message")

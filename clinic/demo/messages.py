"""The demo's messages: two patients read them in their own language, one cannot be told, one is uncertain."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from accounts.members.services import update_patient
from clinic.demo.scene import Scene, Timeline
from clinic.notifications.models import OutboxMessage
from scheduling.models import free_slots
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
    """Today the desk books, on the spot, for the patient whom no message reaches."""
    if day == scene.today:
        line.add(line.until - timedelta(minutes=95), scene.desk, book_for_the_silent, scene)


def book_for_the_silent(scene: Scene, *, by: Member) -> None:
    """A visit in a week or so; its confirmation waits for the desk to call."""
    silent = PatientProfile.objects.with_people().order_by("number")[SILENT]
    first = scene.today + timedelta(days=7)
    for doctor in scene.doctors:
        if free := free_slots([doctor.pk], first, first + timedelta(days=7)):
            book_appointment(by=by, doctor=doctor, patient=silent, starts_at=free[0].starts_at)
            return


def lose_an_answer() -> None:
    """Let the connection break over one letter of today, unless the desk has such a one to decide already."""
    letters = OutboxMessage.objects.filter(channel="email")
    letter = letters.filter(status="queued", kind__startswith="appointment").last()
    if letter is None or letters.filter(status="uncertain").exists():
        return
    letter.move("claim_message", attempts=1, claimed_at=timezone.now())
    sentence = "The connection broke when the message was handed over: it may have arrived."
    letter.move("mark_uncertain", error=f"{sentence}\nConnection unexpectedly closed")


def forget_old_silence() -> None:
    """Nobody is called any more about what could not be told long ago."""
    for message in OutboxMessage.objects.filter(status="failed", recipient=""):
        message.move("void_message")

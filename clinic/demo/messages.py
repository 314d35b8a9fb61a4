"""The demo's messages: two patients read them in their own language, one cannot be told, one is uncertain."""

from django.utils import timezone

from accounts.members.models import PatientProfile
from accounts.members.services import update_patient
from clinic.demo.scene import Scene
from clinic.notifications.models import OutboxMessage

# By the order in which they came; the others speak the clinic's language.
LANGUAGES = {3: "fr", 7: "de"}
SILENT = 5


def meet_readers(scene: Scene) -> None:
    """Note who reads what, and whom nothing reaches."""
    patients = list(PatientProfile.objects.with_people().order_by("number"))
    for number, language in LANGUAGES.items():
        update_patient(patients[number], by=scene.desk, language=language)
    update_patient(patients[SILENT], by=scene.desk, email="", phone="")


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

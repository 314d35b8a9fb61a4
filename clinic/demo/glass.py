"""Now and then a doctor of the demo opens the record of somebody else's patient, and says why."""

from datetime import date

from accounts.members.models import Member, PatientProfile
from clinic.demo.scene import Scene, Timeline
from records.care import is_in_care
from records.services import break_glass

WHY = (
    "Telephoned with a question about the dose while the colleague was away.",
    "Covering the colleague's clinic this afternoon.",
    "Brought in unwell from the street, no appointment.",
)


def plan_glass(scene: Scene, line: Timeline, day: date) -> None:
    """About once a fortnight, and on the evening before the story ends."""
    if scene.random.random() < 0.07 or (scene.today - day).days == 1:
        doctor = scene.random.choice(scene.doctors).member
        line.add(scene.clock(day, "11:00", "15:00"), doctor, open_anothers, scene)


def open_anothers(scene: Scene, *, by: Member) -> None:
    """Break the glass before a patient whom this doctor does not know."""
    patients = PatientProfile.objects.with_people().order_by("number")
    stranger = next((patient for patient in patients if not is_in_care(by, patient.pk)), None)
    if stranger:
        break_glass(stranger, by=by, reason=scene.random.choice(WHY))

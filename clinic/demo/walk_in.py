"""The demo's patient without an appointment, whom the doctor has seen and the desk has still to invoice."""

from datetime import date, timedelta

from accounts.members.models import Member, PatientProfile
from clinic.demo.scene import Scene, Timeline
from records.services import save_consultation, sign_consultation, start_walk_in


def plan_walk_in(scene: Scene, line: Timeline, day: date) -> None:
    """Today, half an hour ago."""
    if day == scene.today:
        line.add(line.until - timedelta(minutes=30), scene.doctors[0].member, treat, scene)


def treat(scene: Scene, *, by: Member) -> None:
    """The doctor writes and signs; nobody has invoiced it yet."""
    consultation = start_walk_in(PatientProfile.objects.earliest("number"), by=by)
    names = ("complaints", "examination", "diagnosis", "plan")
    save_consultation(consultation, by=by, **{name: scene.cases[0][name] for name in names})
    sign_consultation(consultation, by=by)

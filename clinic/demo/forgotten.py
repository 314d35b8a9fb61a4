"""The demo's forgotten patient: came once for advice, asked to be erased, and is a pseudonym since."""

from datetime import datetime

from accounts.members.services import register_patient
from clinic.demo.scene import Scene, at
from clinic.erasure.models import Erasure
from clinic.erasure.services import erase_patient


def forget_somebody(scene: Scene, now: datetime) -> None:
    """Once."""
    if Erasure.objects.exists():
        return
    with at(now, scene.admin):
        patient = register_patient(by=scene.admin, given_name="Once", family_name="Here", sure=True)
        erase_patient(patient, by=scene.admin, reason="Asked for it in writing.", number=patient.number)

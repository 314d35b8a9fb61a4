"""The demo's double: somebody who was registered twice, by telephone and at the desk."""

from datetime import datetime, timedelta

from accounts.members.models import PatientProfile
from accounts.members.services import register_patient
from clinic.demo.scene import Scene, at


def register_somebody_twice(scene: Scene, now: datetime) -> None:
    """Once: the second file has the telephone, and the name with a slip of the pen."""
    others = PatientProfile.objects.with_people().exclude(pk=scene.guest.pk).order_by("number")
    first = others.filter(date_of_birth__isnull=False).exclude(member__phone="").first()
    if first is None or others.filter(member__phone=first.member.phone).exclude(pk=first.pk).exists():
        return
    name = first.member.given_name
    with at(now - timedelta(days=3), scene.desk):
        register_patient(
            by=scene.desk,
            given_name=name[:-1] + name[-1] * 2,
            family_name=first.member.family_name,
            phone=first.member.phone,
            date_of_birth=first.date_of_birth,
        )

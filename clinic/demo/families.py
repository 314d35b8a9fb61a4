"""The demo's family: the patient whom visitors may be has a child here, and has just registered another."""

from datetime import date, datetime, timedelta

from accounts.members.models import Guardianship
from accounts.members.services import add_guardian, register_child, register_patient
from clinic.audit.services import acting
from clinic.demo.scene import Scene, at
from scheduling.models import Source, next_free
from scheduling.models.slots import Terms
from scheduling.services import book_appointment


def bring_the_children(scene: Scene, now: datetime) -> None:
    """Once: the desk has seen the papers of the elder one, who has a visit ahead."""
    if Guardianship.objects.exists():
        return
    parent = scene.guest.member
    girl, boy = (scene.plan["people"][names][-1] for names in ("women", "men"))
    family = {"family_name": parent.family_name}
    with at(now - timedelta(minutes=50), scene.desk):
        born = date(scene.today.year - 8, 5, 12)
        child = register_patient(
            by=scene.desk, given_name=girl, gender="female", date_of_birth=born, **family
        )
        add_guardian(child, by=scene.desk, guardian=parent, relation="parent", papers_seen=True)
    free = next_free([doctor.pk for doctor in scene.doctors], terms=Terms(None, by_patient=True))
    with at(now - timedelta(minutes=20), parent):
        born = date(scene.today.year - 2, 2, 3)
        register_child(
            by=parent, relation="parent", given_name=boy, gender="male", date_of_birth=born, **family
        )
        trail = {"actor_id": str(parent.pk), "actor": f"{parent.name} for {child.member.name} (patient)"}
        for doctor in [doctor for doctor in scene.doctors if doctor.pk in free][:1]:
            with acting(trail):
                book_appointment(
                    by=child.member,
                    doctor=doctor,
                    patient=child,
                    starts_at=free[doctor.pk].starts_at,
                    source=Source.PORTAL,
                )

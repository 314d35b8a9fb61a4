"""The people of a demo clinic: staff with hours and log-ins, patients with what is known of them."""

import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.services import (
    accept_invitation,
    add_allergy,
    add_condition,
    add_emergency_contact,
    invite_member,
    register_patient,
    register_staff,
)
from clinic.demo.scene import Scene, at, read
from clinic.notifications.models import OutboxMessage
from scheduling.services import add_availability_rule

PASSWORD = read("log_ins")["password"]
PATIENTS = 54
RELATIONS = ("Husband", "Wife", "Mother", "Father", "Sister", "Brother", "Daughter", "Son", "Friend")
BLOOD_GROUPS = ("O+", "O+", "O+", "A+", "A+", "B+", "AB+", "O-", "A-", "")


def plain(text: str) -> str:
    """`text` as it may stand in an e-mail address."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in bare.lower() if letter.isalnum())


def email_of(plan: dict[str, Any], person: dict[str, Any], role: str) -> str:
    """The address at which somebody of the demo logs in."""
    label = plan["clinic"]["label"]
    if role in (Role.ADMIN, Role.RECEPTIONIST):
        return f"{'admin' if role == Role.ADMIN else 'desk'}@{label}.example"
    host = "patients" if role == Role.PATIENT else "people"
    if role == Role.DOCTOR:
        host = label
    return f"{plain(person['given_name'])}.{plain(person['family_name'])}@{host}.example"


def log_ins(plan: dict[str, Any], url: str) -> list[dict[str, str]]:
    """Who may log in to the clinic, as serve and the sign-in page show it."""
    people = [(member["role"], member) for member in plan["staff"]]
    people[2:2] = [(Role.DOCTOR, doctor) for doctor in plan["doctors"]]
    people.append((Role.PATIENT, plan["patient"]))
    return [
        {
            "clinic": plan["clinic"]["name"],
            "url": url,
            "role": role,
            "email": email_of(plan, person, role),
            "password": PASSWORD,
        }
        for role, person in people
    ]


def take_on_staff(scene: Scene, day: date) -> None:
    """Register the staff of the plan."""
    morning = datetime.combine(day, time(8), scene.zone)
    for person in scene.plan["staff"]:
        with at(morning, None):
            register_staff(by=None, **contact(scene, person, person["role"]))
    for person in scene.plan["doctors"]:
        with at(morning, None):
            take_on_doctor(scene, person, day)


def take_on_doctor(scene: Scene, person: dict[str, Any], day: date) -> None:
    """Register a doctor, with weekly hours."""
    facts = contact(scene, person, Role.DOCTOR)
    days, hours, minutes = (facts.pop(name) for name in ("days", "hours", "slot_minutes"))
    fee = Decimal(facts.pop("consultation_fee"))
    place = scene.organization.address
    member = register_staff(by=None, role=Role.DOCTOR, consultation_fee=fee, clinic_address=place, **facts)
    for weekday in days:
        for starts, ends in hours:
            add_availability_rule(
                by=member,
                doctor=member.doctor,
                weekday=weekday,
                starts=time.fromisoformat(starts),
                ends=time.fromisoformat(ends),
                slot_minutes=minutes,
                valid_from=day,
            )


def contact(scene: Scene, person: dict[str, Any], role: str) -> dict[str, Any]:
    """The person with an e-mail address and a phone number."""
    return {**person, "email": email_of(scene.plan, person, role), "phone": phone(scene)}


def phone(scene: Scene) -> str:
    """A phone number of the country."""
    return scene.plan["people"]["phone"].format(scene.random.randrange(2_000_000, 9_000_000))


def let_in(scene: Scene) -> None:
    """Invite those who may log in, and follow the link of each letter at once: links do not last."""
    emails = [log_in["email"] for log_in in log_ins(scene.plan, "")]
    for member in Member.objects.filter(email__in=emails, user=None):
        invitation = invite_member(member, by=scene.admin)
        letter = OutboxMessage.objects.get(about_id=invitation.pk)
        link = next(line for line in letter.body.splitlines() if "://" in line)
        accept_invitation(token=link.rstrip("/").rpartition("/")[2], password=PASSWORD)


def take_in_patients(scene: Scene, before: date) -> None:
    """Register the patients over the year before the story begins."""
    scene.meet_staff()
    days = sorted((scene.random.randrange(1, 360) for _patient in range(PATIENTS)), reverse=True)
    names = new_names(scene, PATIENTS)
    for day, (given, family, gender) in zip(days, names, strict=True):
        moment = scene.clock(before - timedelta(days=day), "08:30", "17:00")
        with at(moment, scene.desk):
            take_in(scene, person(scene, given, family, gender))
    with at(datetime.combine(before, time(9), scene.zone), scene.desk):
        guest = {**person(scene, "", "", ""), **scene.plan["patient"]}
        guest["email"] = email_of(scene.plan, guest, Role.PATIENT)
        take_in(scene, guest)


def new_names(scene: Scene, count: int) -> list[tuple[str, str, str]]:
    """Names that nobody of the demo has twice."""
    people = scene.plan["people"]
    women = [(given, "female") for given in people["women"]]
    men = [(given, "male") for given in people["men"]]
    chosen = scene.random.sample(women + men, len(women + men))
    names = []
    for number in range(count):
        given, gender = chosen[number % len(chosen)]
        names.append((given, scene.random.choice(people["families"]), gender))
    return names


def person(scene: Scene, given: str, family: str, gender: str) -> dict[str, Any]:
    """Somebody's details, as the desk would type them."""
    chance, people = scene.random, scene.plan["people"]
    town, postal_code = chance.choice(people["towns"])
    age = chance.choices((chance.randint(1, 15), chance.randint(18, 45), chance.randint(46, 84)), (2, 5, 4))[
        0
    ]
    born = timezone.localdate() - timedelta(days=age * 365 + chance.randrange(365))
    has_mail = chance.random() < 0.8
    return {
        "given_name": given,
        "family_name": family,
        "gender": gender,
        "date_of_birth": born,
        "blood_group": chance.choice(BLOOD_GROUPS),
        "email": f"{plain(given)}.{plain(family)}@patients.example" if has_mail else "",
        "phone": phone(scene),
        "address_line": f"{chance.randint(1, 140)} {chance.choice(people['streets'])}",
        "city": town,
        "region": people["region"],
        "postal_code": postal_code,
    }


def take_in(scene: Scene, facts: dict[str, Any]) -> None:
    """Register a patient, whom to call, and what the doctor asks everybody first."""
    chance, texts = scene.random, scene.texts
    patient = register_patient(by=scene.desk, **facts)
    if chance.random() < 0.7:
        given, family, _gender = new_names(scene, 1)[0]
        name = f"{given} {facts['family_name'] or family}"
        add_emergency_contact(
            patient, by=scene.desk, name=name, relationship=chance.choice(RELATIONS), phone=phone(scene)
        )
    doctor = scene.doctors[0].member
    for allergy in chance.sample(texts["allergies"], chance.choices((0, 1, 2), (70, 25, 5))[0]):
        add_allergy(patient, by=doctor, **allergy)
    for name in chance.sample(texts["conditions"], chance.choices((0, 1, 2), (60, 30, 10))[0]):
        since = timezone.localdate() - timedelta(days=chance.randrange(100, 3000))
        add_condition(patient, by=doctor, name=name, since=max(since, facts["date_of_birth"]))

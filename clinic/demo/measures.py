"""What is measured in the demo: vital signs at visits, and a child who grows."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from accounts.members.services import register_patient
from clinic.demo.scene import Chance, Scene, at
from records.models import Consultation
from records.observations.growth.standards import STANDS_FROM, Indicator, by_age
from records.observations.kinds import BY_NAME
from records.observations.services import record_measurements

# What a doctor wrote of it is what was measured.
WRITTEN = {
    "systolic": re.compile(r"BP (\d+)/\d+"),
    "diastolic": re.compile(r"BP \d+/(\d+)"),
    "pulse": re.compile(r"[Pp]ulse (\d+)"),
    "temperature": re.compile(r"Temp (\d+\.\d)"),
    "weight": re.compile(r"Weight (\d+(?:\.\d)?) kg"),
}
# A child's visits: so many days after the birth.
CHECKS = (0, 5, 30, 61, 91, 122, 183, 274, 365, 456, 548, 730, 913, 1096, 1279, 1461)
CHILD: dict[str, Any] = {"given_name": "Maya", "gender": "female"}


def measure(consultation: Consultation, *, by: Member) -> None:
    """Vital signs of most visits; nobody is as tall today as another day."""
    patient = consultation.patient
    body, mood = Chance(patient.number), Chance(f"{patient.number} {timezone.localdate()}")
    if mood.random() < 0.35:
        return
    grown = (patient.age or 40) >= 19
    values: dict[str, Any] = {
        "temperature": mood.gauss(36.7, 0.2),
        "pulse": mood.gauss(74 if grown else 95, 7),
    }
    if grown:
        upper = body.gauss(128, 11) + mood.gauss(0, 6)
        height = body.gauss(168, 8)
        values |= {
            "systolic": upper,
            "diastolic": upper * 0.62 + mood.gauss(0, 4),
            "weight": height**2 / 10_000 * body.gauss(26, 3) + mood.gauss(0, 0.8),
            "oxygen": mood.choice((96, 97, 98, 99)),
        }
        if not patient.observations.exists():
            values["height"] = height
    else:
        values |= grown_to(patient, timezone.localdate(), body.gauss(0, 0.8), mood)
    record_measurements(
        patient, by=by, consultation=consultation, values=rounded(values | written(consultation))
    )


def written(consultation: Consultation) -> dict[str, str]:
    """What the text of the consultation says was measured."""
    found = {name: pattern.search(consultation.examination) for name, pattern in WRITTEN.items()}
    return {name: match[1] for name, match in found.items() if match}


def rounded(values: dict[str, Any]) -> dict[str, Decimal]:
    """Each value to what is read from the instrument; of weight to a hundred grams, of a baby's to ten."""
    places = {name: min(BY_NAME[name].places, 1) for name in values}
    if float(values.get("weight", 99)) < 15:
        places["weight"] = 2
    return {name: round(Decimal(str(value)), places[name]) for name, value in values.items()}


def grown_to(patient: PatientProfile, day: date, score: float, mood: Chance) -> dict[str, float]:
    """Weight, length or height, and head of a child who keeps about its percentile."""
    if patient.date_of_birth is None or patient.gender not in ("female", "male"):
        return {}
    days = (day - patient.date_of_birth).days
    stature = "length" if days < STANDS_FROM else "height"
    names = {Indicator.WEIGHT: "weight", Indicator.STATURE: stature, Indicator.HEAD: "head"}
    found = {}
    for indicator, name in names.items():
        known = by_age(indicator, patient.gender, days)
        if known:
            found[name] = known.plain_value(score + mood.gauss(0, 0.12))
    return found


def bring_up(scene: Scene, day: date) -> None:
    """A girl of four comes with the booklet in which her lengths, heights and weights are since her birth."""
    born = day - timedelta(days=CHECKS[-1] + 20)
    doctor = scene.doctors[0].member
    with at(datetime.combine(day, time(8, 40), scene.zone), doctor):
        family = scene.plan["people"]["families"][0]
        child = register_patient(by=scene.desk, family_name=family, date_of_birth=born, **CHILD)
        for days in CHECKS:
            moment = datetime.combine(born + timedelta(days=days), time(10, 20), scene.zone)
            values = grown_to(child, moment.date(), 0.5 - days / 1800, Chance(f"{family} {days}"))
            record_measurements(child, by=doctor, values=rounded(values), measured_at=moment)

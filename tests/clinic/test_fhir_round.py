"""import(export(x)) = x, on every mapped field: what one clinic gives out, another takes in as it was."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members.models import Allergy, Condition, EmergencyContact, PatientProfile
from accounts.members.models.patient import Gender, Severity
from accounts.members.services import add_allergy, add_condition, add_emergency_contact
from clinic.demo.scene import Chance
from clinic.fhir.checking import problem_of
from clinic.fhir.writing import bundle_of, resources_of
from records.observations.kinds import KINDS
from records.observations.models import Observation
from tests.accounts.members.factories import member_in
from tests.clinic.fhir_bundles import brought_in, looked_at
from tests.people import PatientFactory

pytestmark = pytest.mark.django_db
GIVEN = ("Ngozi", "Anna-Maria Luise", "José", "李", "D’Arcy", "Ødegård  Øyvind", 'Quote"s', "<b>x</b>")
FAMILY = ("", "Obi", "van der Berg", "O'Neill", "Müller-Lüdenscheidt", "العربية", "X")
PHONES = ("", "+2348031234567", "+353861234567")
PLACES = ("", "12 Awolowo Road, Flat 3", "Rue de l’Église 4\u00a0bis", "#5")
# The number is the clinic's own; blood group, notes and who registered are no part of FHIR's Patient.
FIELDS = (
    *("date_of_birth", "gender", "address_line", "city", "region", "postal_code", "country", "language"),
    *("is_deceased", "deceased_on"),
)


def a_file(chance: Chance, number: int) -> PatientProfile:
    """Somebody with anything that can be known."""
    born = date(1920, 1, 1) + timedelta(days=chance.randrange(36000))
    died = chance.choice([None, None, born + timedelta(days=chance.randrange(3000))])
    patient = PatientFactory(
        given_name=f"{chance.choice(GIVEN)} {number}",
        family_name=chance.choice(FAMILY),
        email=chance.choice(["", f"somebody{number}@people.example"]),
        phone=chance.choice(PHONES),
        date_of_birth=chance.choice([born, born, None]) if not died else born,
        gender=chance.choice(Gender.values),
        address_line=chance.choice(PLACES),
        city=chance.choice(PLACES),
        region=chance.choice(PLACES),
        postal_code=chance.choice(("", "100 001", "D-1")),
        country=chance.choice(("NG", "FR", "US")),
        language=chance.choice(("", "fr", "en")),
        is_deceased=bool(died) or chance.random() < 0.1,
        deceased_on=died if chance.random() < 0.7 else None,
    )
    for each in range(chance.randrange(3)):
        facts = {"severity": chance.choice(Severity.values), "reaction": chance.choice(("", "Rash, hives"))}
        add_allergy(patient, by=None, substance=f"Substance {each}", **facts)
        since = chance.choice([None, date(2001, 2, 3)])
        add_condition(patient, by=None, name=f"Illness {each}", since=since, is_active=chance.random() < 0.5)
        add_emergency_contact(
            patient,
            by=None,
            name=f"Chidi {each} Obi",
            relationship=chance.choice(("", "Brother")),
            phone=f"+23480312345{each}7",
        )
    measure(patient, chance)
    return patient


def measure(patient: PatientProfile, chance: Chance) -> None:
    zone = ZoneInfo("Africa/Lagos")
    for each in range(chance.randrange(3)):
        moment = datetime(
            2024, 1, 2, 3, 4, chance.randrange(60), chance.randrange(10**6), tzinfo=zone
        ) + timedelta(days=each)
        if patient.date_of_birth and patient.date_of_birth >= moment.date():
            return
        for kind in chance.sample(KINDS, chance.randrange(1, 6)):
            value = kind.least + (kind.most - kind.least) * Decimal(str(round(chance.random(), 3)))
            facts = {"code": kind.code, "unit": kind.unit, "value": value.quantize(Decimal("0.001"))}
            Observation.objects.create(patient=patient, measured_at=moment, **facts)


def known_of(patient: PatientProfile) -> dict[str, Any]:
    """All that is mapped of somebody."""
    member = patient.member
    values = Observation.objects.filter(patient=patient).order_by("measured_at", "code")
    return {
        "person": (member.given_name, member.family_name, member.email, str(member.phone or "")),
        "profile": {name: getattr(patient, name) for name in FIELDS},
        "contacts": sorted(
            EmergencyContact.objects.filter(patient=patient).values_list("name", "relationship", "phone")
        ),
        "allergies": sorted(
            Allergy.objects.filter(patient=patient).values_list("substance", "severity", "reaction")
        ),
        "conditions": sorted(
            Condition.objects.filter(patient=patient).values_list("name", "is_active", "since"), key=str
        ),
        "values": list(values.values_list("code", "value", "unit", "measured_at")),
    }


def test_what_is_given_out_is_taken_in_as_it_was(acme: Any, beta: Any, is_long: bool) -> None:
    chance = Chance(27)
    patients = [a_file(chance, number) for number in range(100 if is_long else 8)]
    bundles = [bundle_of(patient) for patient in patients]
    wanted = [known_of(PatientProfile.objects.with_people().get(pk=patient.pk)) for patient in patients]
    assert [
        problem_of(each["resource"])
        for one in bundles
        for each in one["entry"]
        if problem_of(each["resource"])
    ] == []
    with tenant_context(beta):
        run = brought_in(looked_at(*bundles, by=member_in("admin")))
        made = PatientProfile.objects.with_people().order_by(F("number"))
        found = {each.member.given_name: known_of(each) for each in made}
    assert set(run.counts["types"]["Patient"]) == {"created"}
    for want in wanted:
        name = " ".join(want["person"][0].split(" "))
        assert found[name] == want


def test_our_own_bundle_changes_nothing_here(acme: Any) -> None:
    patient = a_file(Chance(3), 1)
    run = brought_in(looked_at(bundle_of(patient)))
    assert {what for each in run.counts["types"].values() for what in each} == {"unchanged"}
    assert run.counts["records"] == {}


def test_streams_refer_by_type_and_id() -> None:
    patient = a_file(Chance(5), 1)
    add_condition(patient, by=None, name="Gout")
    (gout,) = resources_of(Condition.objects.filter(name="Gout"))
    assert gout["subject"] == {"reference": f"Patient/{patient.pk}", "type": "Patient"}
    assert problem_of(gout) == ""


def test_a_withdrawn_measurement_is_given_out_as_such() -> None:
    patient = PatientFactory()
    facts = {"code": "8302-2", "unit": "cm", "value": 180, "measured_at": timezone.now() - timedelta(days=1)}
    withdrawn = {"entered_in_error_at": timezone.now(), "entered_in_error_reason": "Another patient"}
    Observation.objects.create(patient=patient, **facts, **withdrawn)
    (found,) = (
        each["resource"]
        for each in bundle_of(patient)["entry"]
        if each["resource"]["resourceType"] == "Observation"
    )
    assert found["status"] == "entered-in-error"

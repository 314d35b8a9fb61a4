"""Bundles of another system are looked at, brought in once, and taken back."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from accounts.members.models import Allergy, Condition, EmergencyContact, PatientProfile
from clinic.fhir import services
from clinic.models import Refusal
from clinic.moving.models import ImportedRecord
from clinic.moving.services import undo_import
from clinic.moving.services.undoing import take_back
from records.observations.models import Observation
from tests.accounts.members.factories import DoctorFactory, member_in
from tests.clinic.fhir_bundles import (
    a_patient,
    a_value,
    brought_in,
    bundle,
    key,
    looked_at,
    of_patient,
    synthea,
)
from tests.people import PatientFactory

pytestmark = pytest.mark.django_db
# What says that something was brought in, and the trail; and no number of a patient is given twice.
BESIDES = ("moving_importrun", "audit_auditevent", "procrastinate_jobs", "members_patientseries")


def every_row() -> dict[str, list[Any]]:
    """Where every row of the clinic lies and which transaction wrote it: a row that is touched is another."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted({model._meta.db_table for model in apps.get_models()} - set(BESIDES)):
            cursor.execute("SELECT to_regclass(%s)", [f"{connection.schema_name}.{table}"])
            if cursor.fetchone()[0]:
                cursor.execute(
                    "SELECT ctid::text, xmin::text FROM $table ORDER BY 1".replace("$table", table)
                )
                found[table] = cursor.fetchall()
    return found


def counts() -> dict[str, int]:
    return {table: len(rows) for table, rows in every_row().items()}


def test_bundles_are_brought_in_once_and_taken_back(is_long: bool) -> None:
    """A patient with all whom the file refers to; all 27 with --long."""
    documents, by = synthea(None if is_long else 3), member_in("admin")
    before = counts()
    run = services.foresee(services.take_in(documents, by=by))
    foreseen = services.foreseen(run)
    assert counts() == before
    assert foreseen["types"]["Patient"] == {"created": len(documents) - 2}

    run = brought_in(run)
    assert run.counts["types"] == foreseen["types"]
    stored = every_row()
    again = brought_in(services.foresee(services.take_in(documents, by=by)))
    assert every_row() == stored
    assert {what for each in again.counts["types"].values() for what in each} == {"unchanged", "left_out"}

    # What is much is taken back by the worker.
    take_back(undo_import(run, by=by), by=by)
    assert counts() == before


def test_what_is_left_out_is_counted_and_named() -> None:
    plan = of_patient("CarePlan", 2, status="active", intent="plan")
    seen = services.foreseen(looked_at(bundle(a_patient(maritalStatus={"text": "M"}), plan)))
    assert seen["elements"] == [["Patient", "maritalStatus", 1]]
    assert seen["types"] == {"CarePlan": {"left_out": 1}, "Patient": {"created": 1}}
    assert [(kind, count) for kind, _why, count in seen["reasons"]] == [("CarePlan", 1)]


def test_one_bad_resource_stops_no_other() -> None:
    wrong = a_value(2, "8302-2", 180, "cm", status="perhaps")
    run = brought_in(looked_at(bundle(a_patient(), wrong, a_value(3, "29463-7", 80, "kg"))))
    assert run.counts["types"]["Observation"] == {"created": 1, "left_out": 1}
    assert ["Observation", "It is not valid FHIR R4: “status” is wrong or missing.", 1] in run.counts[
        "reasons"
    ]


def test_what_refers_to_nobody_is_left_out() -> None:
    stray = {**of_patient("Condition", 2, code={"text": "Asthma"}), "subject": {"reference": "Patient/77"}}
    run = brought_in(looked_at(bundle(a_patient(), stray)))
    assert run.counts["types"]["Condition"] == {"left_out": 1}


def test_a_patient_with_everything_that_is_known() -> None:
    brought_in(
        looked_at(
            bundle(
                a_patient(
                    name=[
                        {"use": "old", "family": "Eze"},
                        {"use": "official", "family": "Obi", "given": ["Ngozi", "Ada"]},
                    ],
                    telecom=[
                        {"system": "phone", "value": "0803 123 4567"},
                        {"system": "email", "value": "n@o.example"},
                    ],
                    gender="female",
                    deceasedDateTime="2021-05-06T10:00:00+01:00",
                    address=[
                        {
                            "line": ["1 Road", "Flat 2"],
                            "city": "Lagos",
                            "postalCode": "100001",
                            "country": "NGA",
                        }
                    ],
                    communication=[{"language": {"coding": [{"code": "fr-CA"}]}, "preferred": True}],
                    contact=[
                        {
                            "name": {"text": "Chidi Obi"},
                            "telecom": [{"system": "phone", "value": "+2348031234568"}],
                        }
                    ],
                )
            )
        )
    )
    patient = PatientProfile.objects.with_people().get()
    assert (patient.member.given_name, patient.member.family_name) == ("Ngozi Ada", "Obi")
    assert (str(patient.member.phone), patient.member.email) == ("+2348031234567", "n@o.example")
    assert (patient.gender, str(patient.date_of_birth), str(patient.deceased_on)) == (
        "female",
        "1980-02-03",
        "2021-05-06",
    )
    assert patient.is_deceased
    assert (patient.address_line, patient.city, str(patient.country)) == ("1 Road, Flat 2", "Lagos", "NG")
    assert patient.language == "fr"
    assert EmergencyContact.objects.get().name == "Chidi Obi"


def test_only_what_is_so_is_brought_in() -> None:
    status = "http://terminology.hl7.org/CodeSystem/{}"
    refuted = {"coding": [{"system": status.format("condition-ver-status"), "code": "refuted"}]}
    over = {"coding": [{"system": status.format("allergyintolerance-clinical"), "code": "resolved"}]}
    none_known = {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}], "text": "None"}
    run = brought_in(
        looked_at(
            bundle(
                a_patient(),
                of_patient("Condition", 2, code={"text": "Gout"}, verificationStatus=refuted),
                of_patient("Condition", 3, code={"text": "Asthma"}, onsetDateTime="2001-02-03"),
                of_patient("AllergyIntolerance", 4, "patient", code={"text": "Milk"}, clinicalStatus=over),
                of_patient("AllergyIntolerance", 5, "patient", code=none_known),
                of_patient(
                    "AllergyIntolerance", 6, "patient", code={"text": "Penicillin"}, criticality="high"
                ),
                a_value(7, "8302-2", 180, "cm", status="entered-in-error"),
            )
        )
    )
    assert [(each.name, str(each.since)) for each in Condition.objects.all()] == [("Asthma", "2001-02-03")]
    assert [(each.substance, each.severity) for each in Allergy.objects.all()] == [("Penicillin", "severe")]
    assert run.counts["types"]["Observation"] == {"left_out": 1}


def test_an_illness_that_came_again_stands_once_and_is_present() -> None:
    said = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    first, second = ({"coding": [{"system": said, "code": code}]} for code in ("resolved", "active"))
    illness = {"code": {"text": "Asthma"}}
    run = looked_at(
        bundle(
            a_patient(),
            of_patient("Condition", 2, clinicalStatus=first, **illness),
            of_patient("Condition", 3, clinicalStatus=second, **illness),
        )
    )
    assert brought_in(run).counts["types"]["Condition"] == {"created": 1, "found": 1}
    assert Condition.objects.get().is_active


@pytest.mark.parametrize(
    ("code", "value", "unit", "kind", "stored"),
    [
        ("29463-7", 150, "[lb_av]", "weight", "68.039"),
        ("29463-7", 3450, "g", "weight", "3.450"),
        ("8302-2", 70, "[in_i]", "height", "177.800"),
        ("8331-1", 98.6, "[degF]", "temperature", "37.000"),
        ("2339-0", 90, "mg/dL", "glucose", "4.996"),
        ("8867-4", 72, "{beats}/min", "pulse", "72.000"),
    ],
)
def test_units_are_converted(code: str, value: float, unit: str, kind: str, stored: str) -> None:
    brought_in(looked_at(bundle(a_patient(), a_value(2, code, value, unit))))
    found = Observation.objects.get()
    assert (found.kind.name, str(found.value), found.recorded_by) == (kind, stored, None)


@pytest.mark.parametrize(
    "facts",
    [
        {"effectiveDateTime": "2020-01-02"},
        {"effectiveDateTime": "1970-01-02T03:04:05+00:00"},
        {"status": "preliminary"},
        {"valueQuantity": {"value": 18000, "unit": "cm", "code": "cm"}},
        {"valueQuantity": {"value": 180, "unit": "ells", "code": "ells"}},
        {"valueQuantity": {"value": 180, "comparator": ">", "unit": "cm", "code": "cm"}},
    ],
)
def test_what_is_no_sure_measurement_is_none(facts: dict[str, Any]) -> None:
    brought_in(looked_at(bundle(a_patient(), a_value(2, "8302-2", 180, "cm", **facts))))
    assert not Observation.objects.exists()


def test_a_blood_pressure_is_two_values_of_one_moment() -> None:
    parts = [a_value(0, code, value, "mm[Hg]") for code, value in (("8462-4", 81), ("8480-6", 127))]
    panel = a_value(2, "55284-4", 0, "")
    del panel["valueQuantity"]
    panel["component"] = [{name: part[name] for name in ("code", "valueQuantity")} for part in parts]
    run = brought_in(looked_at(bundle(a_patient(), panel)))
    assert {(found.kind.name, found.value) for found in Observation.objects.all()} == {
        ("systolic", 127),
        ("diastolic", 81),
    }
    assert run.counts["records"]["observations.Observation"] == 2
    undo_import(run, by=run.by)
    assert not Observation.objects.exists()


def test_a_measurement_that_was_not_brought_in_never_goes() -> None:
    run = brought_in(looked_at(bundle(a_patient(), a_value(2, "8302-2", 180, "cm"))))
    with pytest.raises(Exception, match="never changes"):
        Observation.objects.all().delete()
    assert run


def test_somebody_likely_known_is_shown_and_never_merged_unasked() -> None:
    known = PatientFactory(given_name="Ngozi", family_name="Obi", date_of_birth="1980-02-03")
    run = looked_at(bundle(a_patient(), of_patient("Condition", 2, code={"text": "Asthma"})))
    (doubt,) = services.foreseen(run)["doubts"]
    assert doubt["alike"][0]["number"] == known.number
    again = looked_at(bundle(a_patient(), of_patient("Condition", 2, code={"text": "Asthma"})), by=run.by)
    brought_in(run, same={doubt["key"]: str(known.pk)})
    assert PatientProfile.objects.count() == 1
    assert known.conditions.get().name == "Asthma"
    undo_import(run, by=run.by)
    assert PatientProfile.objects.get() == known
    brought_in(again)
    assert PatientProfile.objects.count() == 2


def test_a_number_of_elsewhere_names_somebody_only_with_the_same_birthday() -> None:
    number = [{"system": "https://north.example/mrn", "value": "77"}]
    run = brought_in(looked_at(bundle(a_patient(identifier=number))))
    by = {"by": run.by}
    same = brought_in(looked_at(bundle(a_patient(2, identifier=number)), **by))
    assert same.counts["types"]["Patient"] == {"found": 1}
    other = brought_in(looked_at(bundle(a_patient(3, identifier=number, birthDate="1999-01-01")), **by))
    assert other.counts["types"]["Patient"] == {"created": 1}
    patient = PatientProfile.objects.order_by("created_at").first()
    elsewhere = ImportedRecord.objects.elsewhere(patient.pk).filter(source__contains="north")
    assert [each.key for each in elsewhere] == ["77"]


def test_a_doctor_of_ours_is_known_by_the_licence() -> None:
    ours = DoctorFactory(given_name="Miquel", family_name="Hettinger", licence_number="300")
    doctor = {
        "resourceType": "Practitioner",
        "id": key(9),
        "name": [{"family": "HETTINGER"}],
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "300"}],
    }
    run = brought_in(looked_at(bundle(doctor)))
    assert run.counts["types"]["Practitioner"] == {"found": 1}
    assert ImportedRecord.objects.filter(record_id=ours.pk, created=False).exists()


def test_bare_numbers_need_the_name_of_their_system() -> None:
    bare = {**a_patient(), "id": "7"}
    run = looked_at(bare)
    assert services.foreseen(run)["types"]["Patient"] == {"left_out": 1}
    assert "type the name of the other system" in services.foreseen(run)["reasons"][0][1]
    run = brought_in(looked_at(bare, by=run.by, system="north"))
    assert ImportedRecord.objects.get(run=run).source == "north"


def test_a_relative_reference_is_of_the_server_of_who_refers() -> None:
    server = "https://north.example/fhir"
    illness = {**of_patient("Condition", 2, code={"text": "Asthma"}), "subject": {"reference": "Patient/7"}}
    found = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    for name, resource in (("Patient/7", {**a_patient(), "id": "7"}), (f"Condition/{key(2)}", illness)):
        found["entry"].append({"fullUrl": f"{server}/{name}", "resource": resource})
    brought_in(looked_at(found))
    assert Condition.objects.get().patient == PatientProfile.objects.get()


def test_what_is_changed_there_later_is_told_and_kept_here() -> None:
    run = brought_in(looked_at(bundle(a_patient(gender="female"))))
    later = brought_in(looked_at(bundle(a_patient(gender="male")), by=run.by))
    assert later.counts["types"]["Patient"] == {"changed": 1}
    assert PatientProfile.objects.get().gender == "female"


def test_what_was_removed_here_does_not_come_back() -> None:
    data = bundle(a_patient(), of_patient("Condition", 2, code={"text": "Asthma"}))
    run = brought_in(looked_at(data))
    Condition.objects.all().delete()
    assert brought_in(looked_at(data, by=run.by)).counts["types"]["Condition"] == {"unchanged": 1}
    assert not Condition.objects.exists()


def test_only_administrators_bring_records_in() -> None:
    run = looked_at(bundle(a_patient()))
    with pytest.raises(Refusal, match="administrators"):
        services.bring_in_bundles(run, by=member_in("doctor"))
    with pytest.raises(Refusal, match="administrators"):
        services.upload_bundles(by=member_in("receptionist"), uploads=[])

"""What other systems give out in their own ways: right here, or counted with its reason."""

from collections import Counter
from typing import Any

import pytest

from accounts.members.models import Allergy, Condition, PatientProfile
from clinic.erasure.table import fates
from clinic.fhir.writing import bundle_of
from clinic.models import Refusal
from clinic.moving.models import ImportRun
from clinic.moving.services import undo_import
from records.history.models import OutsideObservation, PastEncounter, PastMedication, PastProcedure
from records.observations.models import Observation
from tests.clinic.fhir_bundles import a_patient, a_value, brought_in, bundle, key, looked_at, of_patient
from tests.records.history.factories import taken

pytestmark = pytest.mark.django_db
HL7 = "http://terminology.hl7.org/CodeSystem/"


def said(code: str, system: str = "") -> dict[str, Any]:
    """A status as others write it, with its system or, as many do, without."""
    return {"coding": [{"code": code, **({"system": f"{HL7}{system}"} if system else {})}]}


def illness(number: int, name: str, clinical: str = "", sure: str = "", **facts: Any) -> dict[str, Any]:
    found = of_patient("Condition", number, code={"text": name}, category=[said("encounter-diagnosis")])
    if clinical:
        found["clinicalStatus"] = said(clinical)
    if sure:
        found["verificationStatus"] = said(sure)
    return {**found, **facts}


def reasons(run: ImportRun) -> Counter[str]:
    found: Counter[str] = Counter()
    for _kind, why, count in run.counts["reasons"]:
        found[why] += count
    return found


def test_what_a_visit_found_stands_among_the_illnesses_as_present_or_over() -> None:
    run = brought_in(
        looked_at(
            bundle(
                a_patient(),
                illness(2, "Hypertension", "active", "confirmed"),
                illness(3, "Sinusitis", "resolved"),
                illness(4, "Bronchitis", abatementDateTime="2019-04"),
                illness(5, "Diabetes", onsetPeriod={"start": "2001-02-03"}),
                illness(6, "Flu", "active", "provisional"),
                illness(7, "Nonsense", "active", "entered-in-error"),
                illness(8, "A" * 300, "active"),
            )
        )
    )
    found = {each.name: (each.is_active, str(each.since)) for each in Condition.objects.all()}
    assert found == {
        "Hypertension": (True, "None"),
        "Sinusitis": (False, "None"),
        "Bronchitis": (False, "None"),
        "Diabetes": (True, "2001-02-03"),
        "Flu (suspected)": (True, "None"),
        f"{'A' * 199}…": (True, "None"),
    }
    assert reasons(run)["Whether it is still present was not said there; it stands here as present."] == 1


def test_an_allergy_that_is_over_or_was_never_true_is_none_whoever_wrote_the_code() -> None:
    brought_in(
        looked_at(
            bundle(
                a_patient(),
                *(
                    of_patient("AllergyIntolerance", number, "patient", code={"text": text}, **facts)
                    for number, (text, facts) in enumerate(
                        (
                            ("Egg", {"clinicalStatus": said("resolved")}),
                            ("Dust", {"verificationStatus": said("entered-in-error")}),
                            ("No known drug allergies", {}),
                            ("NKDA", {}),
                            ("Peanut", {}),
                        ),
                        start=2,
                    )
                ),
            )
        )
    )
    assert [each.substance for each in Allergy.objects.all()] == ["Peanut"]


def test_of_an_allergy_told_twice_the_worse_counts_and_what_is_here_is_told() -> None:
    severe = {"reaction": [{"manifestation": [{"text": "Shock"}], "severity": "severe"}]}
    twice = [
        of_patient("AllergyIntolerance", number, "patient", code={"text": "Peanut"}, **facts)
        for number, facts in ((2, {}), (3, severe))
    ]
    run = brought_in(looked_at(bundle(a_patient(), *twice)))
    assert Allergy.objects.get().severity == "severe"
    Allergy.objects.update(severity="mild")
    twice[1]["id"] = key(4)
    again = brought_in(looked_at(bundle(a_patient(), twice[1]), by=run.by))
    assert "It is worse by what was read than by what is on record here." in reasons(again)
    assert Allergy.objects.get().severity == "mild"


def test_a_medicine_not_to_be_taken_is_no_medicine() -> None:
    never = of_patient("MedicationRequest", 2, status="active", intent="order", doNotPerform=True)
    never["medicationCodeableConcept"] = {"text": "Ibuprofen"}
    run = brought_in(looked_at(bundle(a_patient(), never)))
    assert not PastMedication.objects.exists()
    assert any("not to be taken" in why for why in reasons(run))


@pytest.mark.parametrize("moment", ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_what_programs_write_for_no_date_is_none_and_breaks_no_page(moment: str) -> None:
    weight = a_value(2, "29463-7", 80, "kg", effectiveDateTime=moment)
    weight["issued"] = moment if "T" in moment else "2020-01-02T03:04:05Z"
    done = of_patient("Procedure", 3, status="completed", code={"text": "X"})
    done["performedPeriod"] = {"start": "2020-01-01", "end": moment}
    person = {**a_patient(), "birthDate": None}
    run = brought_in(looked_at(bundle({k: v for k, v in person.items() if v}, weight, done)))
    assert not Observation.objects.exists()
    result, operation = OutsideObservation.objects.get(), PastProcedure.objects.get()
    assert (result.happened_at, operation.ended_at) == (None, None)
    assert (result.issued_at is None) == ("T" in moment)
    assert reasons(run)["A date that can be none: it stands here as unknown."] == 2
    assert bundle_of(result.patient)["entry"]


def test_who_is_named_by_a_number_is_found_and_who_is_not_is_counted() -> None:
    npi = "http://hl7.org/fhir/sid/us-npi"
    house = {"resourceType": "Practitioner", "id": key(50), "name": [{"family": "House"}]}
    house["identifier"] = [{"system": npi, "value": "9"}]
    run = brought_in(looked_at(bundle(house)))

    def visit(number: int, who: dict[str, Any], **facts: Any) -> dict[str, Any]:
        kind = {"class": {"code": "AMB"}, "type": [{"text": f"{number}"}], "status": "finished"}
        return of_patient("Encounter", number, participant=[{"individual": who}], **kind, **facts)

    run = brought_in(
        looked_at(
            bundle(
                a_patient(),
                visit(2, {"reference": f"Practitioner?identifier={npi}|9"}),
                visit(3, {"reference": f"Practitioner?identifier={npi}|8"}),
                visit(4, {"reference": "Practitioner/8", "display": "Dr. Wilson"}),
            ),
            by=run.by,
        )
    )
    sources = dict(PastEncounter.objects.values_list("title", "source"))
    assert sources == {"2": "House", "3": "another system", "4": "Dr. Wilson"}
    assert reasons(run) == {"Who did it, or where: they were not brought in.": 1}


def test_a_visit_of_another_patient_is_none_of_this_one() -> None:
    visit = of_patient("Encounter", 3, status="finished", **{"class": {"code": "AMB"}})
    visit["subject"] = {"reference": f"urn:uuid:{key(2)}"}
    done = of_patient("Procedure", 4, status="completed", code={"text": "X"})
    done["encounter"] = {"reference": f"urn:uuid:{key(3)}"}
    run = brought_in(looked_at(bundle(a_patient(), a_patient(2, birthDate="1999-01-01"), visit, done)))
    assert PastProcedure.objects.get().encounter is None
    assert "The visit it names is not among what this patient brought." in reasons(run)


def test_what_a_patient_has_several_of_is_counted() -> None:
    run = brought_in(
        looked_at(
            bundle(
                a_patient(
                    active=False,
                    deceasedDateTime="1999",
                    name=[
                        {"family": "Obi", "given": ["N" * 300]},
                        {"use": "maiden", "family": "Eze", "given": ["Ada"]},
                    ],
                    telecom=[{"value": "0803 123 4567"}, {"value": "n@o.example"}, {"system": "fax"}],
                    address=[{"text": "12 High Street\nLondon"}, {"use": "old", "city": "Leeds"}],
                )
            )
        )
    )
    patient = PatientProfile.objects.with_people().get()
    assert patient.member.given_name.endswith("N…")
    assert (str(patient.member.phone), patient.member.email) == ("+2348031234567", "n@o.example")
    assert (patient.address_line, patient.is_deceased) == ("12 High Street, London", True)
    assert reasons(run) == {
        "A former name, or another one.": 1,
        "Another address.": 1,
        "Another telephone number or e-mail address.": 1,
        "The file was closed there; here it is open.": 1,
        "A day of death of which only the year or the month is known.": 1,
    }


def test_no_name_of_a_file_is_kept_beside_a_record_and_that_of_an_import_goes_with_the_person() -> None:
    done = of_patient("Procedure", 2, status="completed", code={"text": "X"})
    run = brought_in(looked_at(bundle(a_patient(), done)))
    assert run.file_name not in PastProcedure.objects.get().source
    (fate,) = (fate for fate in fates() if fate.model is ImportRun)
    assert set(fate.columns["identity"]) == {"file_name", "format"}


def test_what_depends_on_an_import_keeps_it() -> None:
    run = brought_in(looked_at(bundle(a_patient())))
    taken(PatientProfile.objects.get(), "Warfarin")
    with pytest.raises(Refusal) as refused:
        undo_import(run, by=run.by)
    assert "depend" in str(refused.value.message), refused.value.message

"""FHIR both ways: what was told comes back as it went out; what is no history is left out with its reason."""

import datetime
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.members.models import PatientProfile
from clinic.fhir.checking import problem_of
from clinic.fhir.reading import Bringing, Entry
from clinic.fhir.references import UUIDS
from clinic.fhir.writing import bundle_of
from clinic.moving.journal import Journal
from records.history import services
from records.history.fhir.moments import when, written
from records.history.models import (
    DiagnosticReport,
    Immunization,
    OutsideNote,
    OutsideObservation,
    OutsideOrganization,
    OutsidePractitioner,
    PastEncounter,
    PastMedication,
    PastProcedure,
    ReportResult,
)
from tests.people import DoctorFactory, PatientFactory
from tests.records.history.factories import NEW_YEAR, running, taken, told

pytestmark = pytest.mark.django_db
LATER = NEW_YEAR + datetime.timedelta(minutes=30)
# What every entry keeps on its way out and in again; `source` is told anew by whoever brings it.
KEPT = ("title", "code", "code_system", "reported_status", "happened_at", "precision", "note")


def bring(patient: PatientProfile, *resources: dict[str, Any]) -> Bringing:
    """Bring resources about the patient in, as a file does in which the patient was known already."""
    journal = Journal(running())
    bringing = Bringing(journal, by=journal.run.by)
    journal.found(patient, "Patient", str(patient.pk), source=UUIDS)
    journal.close()
    bringing.bring([Entry(f"urn:uuid:{each['id']}", each) for each in resources])
    return bringing


def returned(patient: PatientProfile) -> Bringing:
    """Give out everything about the patient, and bring it in under other names."""
    given = [entry["resource"] for entry in bundle_of(patient)["entry"]]
    assert [problem for each in given if (problem := problem_of(each))] == []
    text, own = json.dumps(given), str(patient.pk)
    for each in given:
        if each["id"] != own:
            text = text.replace(each["id"], str(uuid.uuid5(uuid.NAMESPACE_URL, each["id"])))
    return bring(patient, *(each for each in json.loads(text) if each["resourceType"] != "Patient"))


def facts_of(entry: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names}


def there_and_back(entry: Any, *names: str) -> Any:
    """The entry that comes back; the same in what every entry keeps and in `names`."""
    model = type(entry)
    returned(entry.patient)
    back = model.objects.exclude(pk=entry.pk).get(patient=entry.patient)
    entry.refresh_from_db()
    asked = [*(name for name in KEPT if name not in LEFT.get(model, ())), *names]
    assert facts_of(back, *asked) == facts_of(entry, *asked)
    assert back.run is not None
    return back


LEFT: dict[Any, tuple[str, ...]] = {
    PastEncounter: ("note",),
    DiagnosticReport: ("note",),
    OutsideNote: ("code", "code_system", "note"),
}
CODE = {"code": "1234-5", "code_system": "http://loinc.org"}


@pytest.mark.parametrize("precision", ["time", "day", "month", "year"])
def test_a_vaccination_comes_back_as_it_went_out(precision: str) -> None:
    midnight = timezone.make_aware(datetime.datetime.combine(datetime.date(2020, 1, 1), datetime.time()))
    place = OutsideOrganization.objects.create(name="Norwood", city="Boston", country="US", phone="555")
    dose = told(
        Immunization,
        **{**CODE, "title": "Hep A, adult", "precision": precision, "note": "No fever\nafterwards"},
        happened_at=NEW_YEAR if precision == "time" else midnight,
        organization=place,
        source="The vaccination card",
        dose="2",
        lot_number="L-1",
        manufacturer="Maker",
        expires_on=datetime.date(2021, 5, 1),
        site="Left arm",
        route="Into the muscle",
        is_first_hand=False,
    )
    back = there_and_back(
        dose,
        *("dose", "lot_number", "manufacturer", "expires_on", "site", "route", "is_first_hand", "source"),
    )
    address = ("name", "phone", "street", "city", "region", "postal_code", "country")
    assert facts_of(back.organization, *address) == facts_of(place, *address)


def test_what_nobody_knows_the_day_of_stays_so() -> None:
    dose = told(
        Immunization, happened_at=None, precision="", reported_status="not-done", reason_not_given="Ill"
    )
    there_and_back(dose, "reason_not_given")


def test_a_procedure_comes_back_with_who_did_it() -> None:
    surgeon = OutsidePractitioner.objects.create(
        title="Dr.", given_name="Monica", family_name="Greenfelder", number="490", number_system="http://npi"
    )
    done = told(
        PastProcedure,
        **CODE,
        practitioner=surgeon,
        ended_at=LATER,
        reason="Appendicitis",
        body_site="Abdomen",
        outcome="Well",
        note="Without complications",
    )
    back = there_and_back(done, "ended_at", "reason", "body_site", "outcome", "source")
    facts = ("title", "given_name", "family_name", "number", "number_system")
    assert facts_of(back.practitioner, *facts) == facts_of(surgeon, *facts)


def test_a_medicine_comes_back_within_its_visit() -> None:
    visit = told(PastEncounter, title="Check-up", kind="AMB", ended_at=LATER, reason="Cough", reason_code="1")
    medicine = taken(
        visit.patient,
        "Amoxicillin 250 MG",
        encounter=visit,
        **CODE,
        dosage="1 tablet, 3 times a day",
        is_as_needed=False,
        reason="Sinusitis",
        quantity="20.5 tablets",
        intent="plan",
    )
    back = there_and_back(medicine, "dosage", "is_as_needed", "reason", "quantity", "intent", "source")
    facts = ("title", "kind", "ended_at", "reason", "reason_code", "reported_status")
    assert facts_of(back.encounter, *facts) == facts_of(visit, *facts)


@pytest.mark.parametrize(
    "value",
    [
        {"value": Decimal("7.250000000001"), "unit": "mmol/L", "unit_code": "mmol/L", "comparator": "<"},
        {"value": Decimal(0)},
        {"text": "Never smoker", "text_code": "266919005", "text_system": "http://snomed.info/sct"},
        {"text": "Growth of nothing\nafter two days"},
        {"components": [{"title": "Part", "value": "1.5", "unit": "kg"}, {"title": "Other", "text": "Yes"}]},
    ],
)
def test_a_result_comes_back_whatever_its_value(value: dict[str, Any]) -> None:
    result = told(
        OutsideObservation,
        **CODE,
        category="laboratory",
        issued_at=LATER,
        interpretation="High",
        reference_range="3.9 – 6.1 mmol/L",
        **value,
    )
    values = ("value", "unit", "unit_code", "comparator", "text", "text_code", "text_system", "components")
    there_and_back(result, *values, "category", "issued_at", "interpretation", "reference_range")


def test_a_report_comes_back_with_its_results_in_their_order() -> None:
    report = told(DiagnosticReport, **CODE, category="LAB", issued_at=LATER, conclusion="All is well")
    for place, title in enumerate(("One", "Two", "Three"), start=1):
        result = told(OutsideObservation, patient=report.patient, title=title, value=Decimal(place))
        ReportResult.objects.create(report=report, patient=report.patient, position=place, result=result)
    back = there_and_back(report, "category", "issued_at", "conclusion")
    assert [row.found.title for row in back.results.all()] == ["One", "Two", "Three"]


def test_a_note_comes_back_line_by_line() -> None:
    rows = [
        {"title": "Complaints", "text": "Cough < 3 days & fever\nno rash"},
        {"title": "Plan", "text": "Rest"},
    ]
    note = told(OutsideNote, title="Visit of 1 January", sections=rows)
    there_and_back(note, "sections")


def test_what_was_withdrawn_here_goes_out_as_an_error_and_does_not_come_back() -> None:
    dose = told(Immunization)
    services.withdraw_entry(dose, by=DoctorFactory(), reason="Another patient's")
    bringing = returned(dose.patient)
    assert Immunization.objects.count() == 1
    assert ("Immunization", "It was entered in error there.") in bringing.reasons


def test_what_is_no_longer_taken_goes_out_as_stopped() -> None:
    medicine = taken(PatientFactory(), "Warfarin")
    services.stop_past_medication(medicine, by=DoctorFactory(), reason="Ended")
    returned(medicine.patient)
    back = PastMedication.objects.exclude(pk=medicine.pk).get()
    assert (back.reported_status, back.is_current) == ("stopped", False)


def fresh(kind: str, patient: PatientProfile, **elements: Any) -> dict[str, Any]:
    subject = "patient" if kind == "Immunization" else "subject"
    reference = {"reference": f"urn:uuid:{patient.pk}"}
    return {"resourceType": kind, "id": str(uuid.uuid4()), subject: reference, **elements}


def test_the_second_time_changes_nothing() -> None:
    patient = PatientFactory()
    dose = fresh("Immunization", patient, status="completed", vaccineCode={"text": "MMR"})
    dose["occurrenceDateTime"] = "2019"
    first, second = bring(patient, dose), None
    records = first.journal.run.records.count()
    second = Bringing(first.journal, by=first.by)
    second.bring([Entry(f"urn:uuid:{dose['id']}", dose)])
    assert second.counts["Immunization"] == {"unchanged": 1}
    assert (Immunization.objects.count(), first.journal.run.records.count()) == (1, records)


def test_a_medicine_is_found_inside_the_order_or_elsewhere_in_the_file() -> None:
    patient = PatientFactory()
    inside = {"resourceType": "Medication", "id": "m", "code": {"text": "Warfarin"}}
    other = {"resourceType": "Medication", "id": str(uuid.uuid4()), "code": {"text": "Aspirin"}}
    asked: dict[str, Any] = {"status": "active", "intent": "order"}
    orders = [
        fresh(
            "MedicationRequest", patient, **asked, contained=[inside], medicationReference={"reference": "#m"}
        ),
        fresh(
            "MedicationRequest",
            patient,
            **asked,
            medicationReference={"reference": f"urn:uuid:{other['id']}"},
        ),
        fresh("MedicationRequest", patient, **asked, medicationReference={"reference": "Medication/none"}),
    ]
    bringing = bring(patient, other, *orders)
    assert set(PastMedication.objects.values_list("title", flat=True)) == {"Warfarin", "Aspirin"}
    assert ("MedicationRequest", "The file does not say which medicine it is.") in bringing.reasons


def test_what_lies_in_the_future_is_no_history() -> None:
    patient, tomorrow = PatientFactory(), timezone.now() + datetime.timedelta(days=1)
    bringing = bring(
        patient,
        fresh(
            "Procedure",
            patient,
            status="preparation",
            performedDateTime=tomorrow.isoformat(),
            code={"text": "X"},
        ),
    )
    assert not PastProcedure.objects.exists()
    assert bringing.counts["Procedure"]["left_out"] == 1


def test_structured_doses_are_told_in_words() -> None:
    patient = PatientFactory()
    dose = {
        "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": 2, "unit": "tablet"}}],
        "asNeededBoolean": True,
    }
    medicine = {"medicationCodeableConcept": {"text": "Zinc"}, "dosageInstruction": [dose]}
    bring(patient, fresh("MedicationRequest", patient, status="active", intent="order", **medicine))
    found = PastMedication.objects.get()
    assert (found.dosage, found.is_as_needed) == ("2 tablet · 3 × / 1 d", True)


@pytest.mark.parametrize("text", ["2011", "2011-03", "2011-03-04", "2011-03-04T10:11:12.753000+00:00"])
def test_a_moment_is_written_as_exactly_as_it_was_read(text: str) -> None:
    assert written(*when(text)) == text

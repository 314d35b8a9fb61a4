"""What was told stays as it was told, goes only with its import, and crosses no patient."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.models import Refusal
from records.history import services
from records.history.kinds import KINDS
from records.history.models import (
    DiagnosticReport,
    Immunization,
    OutsideObservation,
    OutsideOrganization,
    PastMedication,
    PastProcedure,
    ReportResult,
)
from tests.people import DoctorFactory, PatientFactory, StaffFactory
from tests.records.history.factories import NEW_YEAR, running, taken, told, visited

pytestmark = pytest.mark.django_db
MODELS = [kind.model for kind in KINDS.values()]


def refused(act: Callable[[], Any]) -> str:
    """What the database says, with what it asks at the end asked now."""

    @transaction.atomic
    def to_the_end() -> None:
        act()
        connection.check_constraints()

    with pytest.raises(IntegrityError) as said:
        to_the_end()
    return str(said.value)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_was_told_never_changes(model: Any) -> None:
    entry = told(model)
    assert "never changes" in refused(lambda: model.objects.filter(pk=entry.pk).update(title="Else"))
    other = PatientFactory()
    assert "never changes" in refused(lambda: model.objects.filter(pk=entry.pk).update(patient=other))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_entry_goes_only_when_its_import_is_taken_back(model: Any) -> None:
    run = running()
    typed, brought = told(model), told(model, run=run)
    assert "stays on record" in refused(lambda: model.objects.filter(pk=typed.pk).delete())
    assert "stays on record" in refused(lambda: model.objects.filter(pk=brought.pk).delete())
    run.move("finish_import", finished_at=NEW_YEAR, file_deleted_at=NEW_YEAR)
    brought.delete()
    run.move("undo_import")
    run.move("finish_undo", undone_at=timezone.now(), undone_by=run.by)
    connection.check_constraints()
    assert list(model.objects.all()) == [typed]


def test_a_hospital_goes_only_when_its_import_is_taken_back() -> None:
    place = OutsideOrganization.objects.create(name="Norwood", run=running())
    assert "stays on record" in refused(place.delete)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_wrong_entry_is_withdrawn_with_a_reason_once(model: Any) -> None:
    entry, doctor = told(model), DoctorFactory()
    with pytest.raises(Refusal, match="what is wrong"):
        services.withdraw_entry(entry, by=doctor, reason=" ")
    found = services.withdraw_entry(entry, by=doctor, reason="Another patient's")
    assert (found.counts, found.entered_in_error_by) == (False, doctor)
    with pytest.raises(Refusal, match="already"):
        services.withdraw_entry(entry, by=doctor, reason="Again")
    back = {"entered_in_error_at": None, "entered_in_error_by": None, "entered_in_error_reason": ""}
    assert "never changes" in refused(lambda: model.objects.filter(pk=entry.pk).update(**back))


@pytest.mark.parametrize("role", ["admin", "receptionist"])
def test_only_doctors_enter_and_withdraw(role: str) -> None:
    entry, by = told(Immunization), StaffFactory(role=role)
    medicine = taken(entry.patient, "Warfarin")
    typed: Any = {"by": by, "on": None, "precision": "", "title": "MMR", "source": "The card"}
    for act in (
        lambda: services.withdraw_entry(entry, by=by, reason="Wrong"),
        lambda: services.stop_past_medication(medicine, by=by, reason="Ended"),
        lambda: services.add_immunization(entry.patient, **typed),
        lambda: services.add_past_procedure(entry.patient, **typed),
    ):
        with pytest.raises(Refusal, match="Only a doctor"):
            act()


def test_an_entry_belongs_to_a_visit_of_the_same_patient() -> None:
    visit = visited(PatientFactory())
    told(Immunization, patient=visit.patient, encounter=visit)
    connection.check_constraints()
    assert "immunization_encounter_patient" in refused(lambda: told(Immunization, encounter=visit))


def test_the_results_of_a_report_are_the_same_patients() -> None:
    report = told(DiagnosticReport)
    other = told(OutsideObservation)

    def crossing(patient: Any) -> ReportResult:
        return ReportResult.objects.create(report=report, patient=patient, position=1, result=other)

    assert "reportresult_result_patient" in refused(lambda: crossing(report.patient))
    assert "reportresult_report_patient" in refused(lambda: crossing(other.patient))


def test_nobody_enters_what_has_not_happened_yet_or_was_before_the_birth() -> None:
    doctor, patient = DoctorFactory(), PatientFactory(date_of_birth=datetime.date(2000, 5, 5))
    facts: Any = {"by": doctor, "precision": "day", "title": "MMR", "source": "The card"}
    for day in (timezone.localdate() + datetime.timedelta(days=1), datetime.date(1999, 1, 1)):
        with pytest.raises(Refusal) as said:
            services.add_immunization(patient, on=day, **facts)
        assert said.value.field == "on"


def test_a_year_is_written_as_a_year() -> None:
    patient, day = PatientFactory(date_of_birth=datetime.date(2000, 5, 5)), datetime.date(2000, 6, 7)
    by = DoctorFactory()
    facts: Any = {"by": by, "on": day, "title": "Appendectomy", "source": "The mother"}
    written = [
        services.add_past_procedure(patient, precision=precision, **facts).when
        for precision in ("day", "month", "year")
    ]
    assert written == ["7 Jun 2000", "June 2000", "2000"]
    unknown = services.add_past_procedure(patient, precision="day", **{**facts, "on": None})
    assert (unknown.when, unknown.happened_at) == ("", None)


def test_an_entry_says_who_told_it() -> None:
    with pytest.raises(Refusal, match="who told it"):
        services.add_past_procedure(
            PatientFactory(), by=DoctorFactory(), on=None, precision="", title="X", source=""
        )
    assert PastProcedure.objects.count() == 0


def test_a_medicine_is_stopped_once_and_may_still_be_withdrawn() -> None:
    entry, doctor = taken(PatientFactory(), "Warfarin"), DoctorFactory()
    services.stop_past_medication(entry, by=doctor, reason="Ended in May")
    with pytest.raises(Refusal, match="already"):
        services.stop_past_medication(entry, by=doctor, reason="Again")
    assert "never changes" in refused(
        lambda: PastMedication.objects.filter(pk=entry.pk).update(stop_reason="Else")
    )
    assert not services.withdraw_entry(entry, by=doctor, reason="Never took it").counts

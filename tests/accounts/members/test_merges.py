"""Two files of one person become one, and come apart again as the same rows."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg import sql

from accounts.members.merging.moves import run
from accounts.members.merging.references import references
from accounts.members.merging.twins import TWINS
from accounts.members.models import (
    Allergy,
    Guardianship,
    Member,
    PatientMerge,
    PatientMergeMove,
    PatientProfile,
)
from accounts.members.roles import Role
from accounts.members.services import (
    add_allergy,
    add_condition,
    add_emergency_contact,
    add_guardian,
    merge_patients,
    tell_apart,
    unmerge_patients,
)
from billing.wallets.services import top_up_wallet, wallet_of
from clinic.erasure.services import erase_patient
from clinic.models import Refusal
from records.models import Consultation
from records.services import start_walk_in
from scheduling.models import Appointment
from tests.databases import rows
from tests.people import PatientFactory, StaffFactory, with_login
from tests.scheduling.factories import AppointmentFactory
from tests.sweeps import world
from tests.sweeps.test_models import TENANT_MODELS

# What says that there was a merge, and the trail of all that was done: these only ever grow.
OF_THE_MERGE = {"PatientMerge", "PatientMergeMove", "AuditEvent"}
CLINIC = [model for model in TENANT_MODELS if model.__name__ not in OF_THE_MERGE]


# One statement: every row of the clinic, written out.
EVERY_ROW = (
    sql.SQL(" UNION ALL ")
    .join(
        sql.SQL("(SELECT {}, stored::text FROM {} AS stored ORDER BY 2)").format(
            sql.Literal(model._meta.label), sql.Identifier(model._meta.db_table)
        )
        for model in CLINIC
    )
    .as_string(None)
)


def everything() -> dict[str, list[str]]:
    """Every value of every row of the clinic."""
    found: dict[str, list[str]] = {model._meta.label: [] for model in CLINIC}
    for label, row in rows(EVERY_ROW):
        found[label].append(row)
    return found


def holding(key: Any) -> set[str]:
    """The tables in which somebody's key stands."""
    return {label for label, values in everything().items() if str(key) in str(values)}


def merged(survivor: PatientProfile, other: PatientProfile, **chosen: str) -> PatientMerge:
    return merge_patients(survivor, by=None, merged=other, number=survivor.number, **chosen)


@pytest.mark.django_db
def test_a_whole_file_moves_and_comes_back_as_the_same_rows(acme: Any) -> None:
    clinic = world.build(acme)
    other = PatientProfile.objects.get(pk=clinic.values["patients"])
    survivor = PatientFactory(given_name=other.member.given_name, date_of_birth=date(1984, 3, 9))
    before, held = everything(), holding(other.pk)
    merge = merged(survivor, other)
    assert holding(other.pk) <= {"inbox.Notification"}
    assert held - {"members.Member", "inbox.Notification"} <= holding(survivor.pk)
    unmerge_patients(merge, by=None)
    after = everything()
    assert [label for label in before if before[label] != after[label]] == []


@pytest.mark.django_db
def test_the_words_that_were_chosen_stay_and_those_before_come_back() -> None:
    survivor = PatientFactory(given_name="Ada", phone="+2348031234567", notes="Calls late")
    other = PatientFactory(given_name="Adaeze", city="Lagos", notes="Comes early", is_deceased=True)
    other_facts = {"deceased_on": date(2024, 1, 2)}
    PatientProfile.objects.filter(pk=other.pk).update(**other_facts)
    before = everything()
    merge = merged(survivor, other, given_name="merged")
    kept = PatientProfile.objects.with_people().get(pk=survivor.pk)
    assert (kept.member.given_name, str(kept.member.phone), kept.city) == (
        "Adaeze",
        "+2348031234567",
        "Lagos",
    )
    assert kept.notes == "Calls late\n\nComes early"
    assert (kept.is_deceased, kept.deceased_on) == (True, date(2024, 1, 2))
    unmerge_patients(merge, by=None)
    assert everything() == before


@pytest.mark.django_db
def test_a_word_corrected_since_stays_corrected() -> None:
    survivor, other = PatientFactory(given_name="Ada"), PatientFactory(given_name="Adaeze")
    merge = merged(survivor, other, given_name="merged")
    Member.objects.filter(pk=survivor.pk).update(given_name="Adanna")
    unmerge_patients(merge, by=None)
    assert Member.objects.get(pk=survivor.pk).given_name == "Adanna"
    assert Member.objects.get(pk=other.pk).given_name == "Adaeze"


@pytest.mark.django_db
def test_what_both_have_is_kept_once_the_graver_one_and_comes_back() -> None:
    survivor, other = PatientFactory(), PatientFactory()
    for patient, severity, active in ((survivor, "mild", False), (other, "severe", True)):
        add_allergy(patient, by=None, substance="Penicillin", severity=severity)  # type: ignore[arg-type]
        add_condition(patient, by=None, name="Asthma", is_active=active)  # type: ignore[arg-type]
        add_emergency_contact(patient, by=None, name="Chidi", phone="+2348031234567")  # type: ignore[arg-type]
    before = everything()
    merge = merged(survivor, other)
    assert [each.severity for each in survivor.allergies.all()] == ["severe"]
    assert [each.is_active for each in survivor.conditions.all()] == [True]
    assert survivor.emergency_contacts.count() == 1
    unmerge_patients(merge, by=None)
    assert everything() == before


@pytest.mark.django_db
def test_a_log_in_goes_along_and_of_two_one_stays() -> None:
    survivor, other = PatientFactory(), PatientFactory()
    with_login(other.member)
    before = everything()
    merge = merged(survivor, other)
    assert Member.objects.get(pk=survivor.pk).user == other.member.user
    unmerge_patients(merge, by=None)
    assert everything() == before
    with_login(survivor.member)
    merged(survivor, other)
    assert Member.objects.get(pk=survivor.pk).user == survivor.member.user


@pytest.mark.django_db
def test_what_is_written_since_stays_with_the_survivor_but_what_hangs_on_a_visit_goes_with_it(
    acme: Any,
) -> None:
    survivor, other = PatientFactory(), PatientFactory()
    visit = AppointmentFactory(patient=other)
    doctor = visit.doctor.member
    merge = merged(survivor, other)
    add_allergy(survivor, by=doctor, substance="Latex")
    own = start_walk_in(survivor, by=doctor)
    visit.refresh_from_db()
    moved = Appointment.objects.get(pk=visit.pk)
    hanging = Consultation(patient=survivor, doctor_id=moved.doctor_id, appointment=moved, status="planned")
    hanging.save(force_insert=True)
    unmerge_patients(merge, by=None)
    assert Allergy.objects.get().patient_id == survivor.pk
    own.refresh_from_db()
    hanging.refresh_from_db()
    assert (own.patient_id, hanging.patient_id) == (survivor.pk, other.pk)


def overlapping(survivor: PatientProfile, other: PatientProfile) -> None:
    first = AppointmentFactory(patient=survivor)
    AppointmentFactory(patient=other, starts_at=first.starts_at)


def two_wallets(survivor: PatientProfile, other: PatientProfile) -> None:
    for patient in (survivor, other):
        top_up_wallet(patient, by=None, key=str(patient.pk), amount=Decimal(5), method="cash")


def a_guardian(survivor: PatientProfile, other: PatientProfile) -> None:
    PatientProfile.objects.filter(pk=other.pk).update(
        date_of_birth=timezone.localdate() - timedelta(days=900)
    )
    other.refresh_from_db()
    add_guardian(other, by=None, guardian=survivor.member, relation="parent")


def an_erased(survivor: PatientProfile, other: PatientProfile) -> None:
    erase_patient(other, by=StaffFactory(role=Role.ADMIN), reason="Asked for it", number=other.number)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (overlapping, "at the same time"),
        (two_wallets, "wallet"),
        (a_guardian, "two people"),
        (an_erased, "erased"),
    ],
)
def test_where_it_cannot_be_done_a_sentence_says_what_to_do_first(
    acme: Any, prepare: Callable[..., None], sentence: str
) -> None:
    survivor, other = PatientFactory(), PatientFactory()
    prepare(survivor, other)
    before = everything()
    with pytest.raises(Refusal) as refused:
        merged(survivor, other)
    assert sentence in str(refused.value.message)
    assert everything() == before


@pytest.mark.django_db
def test_the_number_of_the_file_that_stays_is_typed() -> None:
    survivor, other = PatientFactory(), PatientFactory()
    with pytest.raises(Refusal) as refused:
        merge_patients(survivor, by=None, merged=other, number=other.number)
    assert refused.value.field == "number"
    merge_patients(survivor, by=None, merged=other, number=f" {survivor.number.lower()} ")


@pytest.mark.django_db
def test_a_file_is_not_merged_with_itself() -> None:
    patient = PatientFactory()
    with pytest.raises(Refusal, match="two different files"):
        merged(patient, patient)


@pytest.mark.django_db
def test_merges_are_undone_in_the_order_in_which_they_were_made_backwards() -> None:
    first, second, third = PatientFactory(), PatientFactory(), PatientFactory()
    before = everything()
    earlier = merged(first, second)
    later = merged(third, first)
    with pytest.raises(Refusal, match=first.number):
        unmerge_patients(earlier, by=None)
    unmerge_patients(later, by=None)
    unmerge_patients(earlier, by=None)
    assert everything() == before
    with pytest.raises(Refusal):
        unmerge_patients(earlier, by=None)


@pytest.mark.django_db
def test_told_apart_they_may_be_merged_all_the_same_and_are_told_apart_again() -> None:
    survivor, other, third = PatientFactory(), PatientFactory(), PatientFactory()
    tell_apart(survivor, by=None, other=other)
    tell_apart(third, by=None, other=survivor)
    tell_apart(other, by=None, other=third)
    before = everything()
    unmerge_patients(merged(survivor, other), by=None)
    assert everything() == before
    with pytest.raises(Refusal):
        tell_apart(other, by=None, other=survivor)


def settled() -> None:
    """What waits for the end of the transaction is asked now."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def write(statement: str, *values: Any) -> None:
    with transaction.atomic():
        rows(f"{statement} RETURNING 1", *values)


@pytest.mark.django_db
def test_frozen_rows_move_only_while_a_merge_says_so_and_only_as_it_says(acme: Any) -> None:
    survivor, other, third = PatientFactory(), PatientFactory(), PatientFactory()
    visit = AppointmentFactory(patient=other)
    moves = "UPDATE scheduling_appointment SET patient_id = %s WHERE id = %s"
    with pytest.raises(IntegrityError, match="moved by making a new one"):
        write(moves, survivor.pk, visit.pk)
    point = transaction.savepoint()
    people = {"survivor": survivor, "merged_id": other.pk, "into_id": survivor.pk}
    merge = PatientMerge.objects.create(**people, is_moving=True)
    with pytest.raises(IntegrityError, match="moved by making a new one"):
        write(moves, survivor.pk, visit.pk)
    names = {"table_name": "scheduling_appointment", "row_id": visit.pk, "column_name": "patient_id"}
    said = {"value_before": str(other.pk), "value_after": str(survivor.pk)}
    PatientMergeMove.objects.create(merge=merge, **names, **said)
    with pytest.raises(IntegrityError, match="moved by making a new one"):
        write(moves, third.pk, visit.pk)
    with pytest.raises(IntegrityError, match="moved by making a new one"):
        write(moves.replace("SET", "SET starts_at = now(),"), survivor.pk, visit.pk)
    write(moves, survivor.pk, visit.pk)
    with pytest.raises(IntegrityError, match="carried out as a whole"), transaction.atomic():
        settled()
    transaction.savepoint_rollback(point)


@pytest.mark.django_db
def test_what_a_merge_has_written_down_stays() -> None:
    survivor, other = PatientFactory(), PatientFactory()
    merge = merged(survivor, other)
    move = merge.moves.first()
    assert move is not None
    with pytest.raises(IntegrityError, match="as it moves"), transaction.atomic():
        PatientMergeMove.objects.create(merge=merge, table_name="x", row_id=other.pk)
    with pytest.raises(IntegrityError, match="as it moves"), transaction.atomic():
        move.delete()
    with pytest.raises(IntegrityError, match="stays on record"), transaction.atomic():
        PatientMerge.objects.filter(pk=merge.pk).update(merged_number="P-99999")
    with pytest.raises(IntegrityError, match="carried out already"), transaction.atomic():
        PatientMerge.objects.filter(pk=merge.pk).update(is_moving=True)
    with pytest.raises(IntegrityError, match="merged into another"), transaction.atomic():
        Member.objects.create(pk=other.pk, given_name="Ada", role="patient")


@pytest.mark.django_db
def test_every_guard_on_a_row_of_a_patient_lets_a_merge_pass_or_has_a_reason() -> None:
    # These ask what holds between facts, which a merge keeps too.
    asking = {"members_guardianship_of_age", "members_guardianship_no_ring"}
    tables = sorted({each.table for each in references() if each.column in ("patient_id", "dependant_id")})
    guards = rows(
        "SELECT p.proname::text, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgtype & 3 = 3 AND t.tgtype & 24 > 0 "
        "AND t.tgrelid = ANY (SELECT x::regclass FROM unnest(%s::text[]) x)",
        tables,
    )
    assert len(guards) > 40
    assert {name for name, source in guards if "members_merge_passes" not in source} <= asking


@pytest.mark.django_db
def test_whatever_a_patient_has_once_at_most_is_in_the_table_of_twins() -> None:
    unique = rows(
        "SELECT c.relname::text, a.attname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) "
        "WHERE i.indisunique AND c.relnamespace = current_schema()::regnamespace "
        # A key of the row itself is unique with or without the patient.
        "AND NOT EXISTS (SELECT FROM pg_attribute k WHERE k.attrelid = c.oid AND k.attname = 'id' "
        "AND k.attnum = ANY (i.indkey))"
    )
    known = {(twins.table, twins.column) for twins in TWINS} | {
        # Only staff have these.
        ("cash_cashshift", "member_id"),
        # Where an import made both files, it has made the one that stays (services/merges.py).
        ("moving_importedrecord", "record_id"),
    }
    named = {(each.table, each.column) for each in references()}
    assert (set(unique) & named) - known == set()


@pytest.mark.django_db
def test_two_wallets_of_which_one_was_never_used_are_one(acme: Any) -> None:
    survivor, other = PatientFactory(), PatientFactory()
    wallet_of(survivor)
    top_up_wallet(other, by=None, key="first", amount=Decimal(5), method="cash")
    settled()
    before = everything()
    merge = merged(survivor, other)
    assert wallet_of(survivor).balance == 5
    unmerge_patients(merge, by=None)
    assert everything() == before


@pytest.mark.django_db
def test_a_guardianship_follows_the_date_of_birth_that_is_chosen() -> None:
    guardian, survivor = PatientFactory(), PatientFactory(date_of_birth=timezone.localdate() - timedelta(700))
    other = PatientFactory(date_of_birth=timezone.localdate() - timedelta(900))
    for child in (survivor, other):
        add_guardian(child, by=None, guardian=guardian.member, relation="parent")
    before = everything()
    merge = merged(survivor, other, date_of_birth="merged")
    (kept,) = Guardianship.objects.filter(dependant=survivor)
    assert kept.ends_on.day == other.date_of_birth.day
    unmerge_patients(merge, by=None)
    assert everything() == before


@pytest.mark.django_db
def test_whom_a_date_of_birth_would_make_of_age_has_no_guardian_left_unsaid() -> None:
    guardian, child = PatientFactory(), PatientFactory(date_of_birth=timezone.localdate() - timedelta(700))
    add_guardian(child, by=None, guardian=guardian.member, relation="parent")
    with pytest.raises(Refusal, match="is of age") as refused:
        merged(child, PatientFactory(date_of_birth=date(1984, 3, 9)), date_of_birth="merged")
    assert refused.value.field == "date_of_birth"

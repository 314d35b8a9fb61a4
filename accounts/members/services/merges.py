"""Two files of one person become one, and are taken apart again when it proves wrong."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import ForeignKeyViolation

from accounts.members.merging import moves
from accounts.members.merging.fields import LOG_IN, outcome
from accounts.members.merging.twins import settle_twins
from accounts.members.models import DistinctPeople, Guardianship, Member, PatientMerge, PatientProfile
from accounts.members.models.guardianship import eighteenth_birthday
from accounts.members.services.storing import PERSON, checked, store
from clinic.erasure.models import Erasure
from clinic.models import Refusal, refusal_of, relayed
from clinic.moving.models import ImportedRecord

_MEMBER, _PROFILE = ("members_member", "id"), ("members_patientprofile", "member_id")


@transaction.atomic
def tell_apart(one: PatientProfile, *, by: Member | None, other: PatientProfile) -> DistinctPeople:
    """Note that these two are not the same person: they are proposed no more."""
    return store(DistinctPeople(one=one, other=other, told_by=by))


@transaction.atomic
def merge_patients(
    survivor: PatientProfile, *, by: Member | None, merged: PatientProfile, number: str, **chosen: str
) -> PatientMerge:
    """Make one file of two: all that names `merged` names `survivor` from now on, and its own rows go.

    `number` is the survivor's, typed by whoever is sure. `chosen` says of a field in which they differ whose
    word stays: "survivor", "merged" or, of notes, "both". Raises Refusal where something is to be done first.
    """
    if number.strip().upper() != survivor.number:
        raise Refusal(_("Type the number of the file that stays: %s.") % survivor.number, "number")
    mine, theirs = _both_locked(survivor.pk, merged.pk)
    _two_people(mine, theirs)
    merge = PatientMerge(
        survivor=mine,
        merged_id=theirs.pk,
        merged_number=theirs.number,
        merged_name=theirs.name,
        into_id=mine.pk,
        into_number=mine.number,
        merged_by=by,
        is_moving=True,
    )
    with _overlaps_told():
        store(merge)
        _carry_out(merge, mine, theirs, outcome(mine, theirs, chosen))
        _settle(merge)
    return merge


@transaction.atomic
def unmerge_patients(merge: PatientMerge, *, by: Member | None) -> PatientMerge:
    """Take the two files apart again: every row is where it was, and as it was, before they were merged.

    What was written to the survivor since stays there, but for what hangs on a row that goes back.
    """
    found: PatientMerge = PatientMerge.objects.locked(merge.pk)
    PatientProfile.objects.locked(found.survivor_id)
    later = PatientMerge.objects.of(found.survivor_id).first()
    if later is not None and later.pk != found.pk:
        raise Refusal(_("%s was merged later. Take that apart first.") % later.merged_number)
    found.move("unmerge_patients", is_moving=True, undone_at=timezone.now(), undone_by=by)
    with _ties_told():
        moves.move_back(found)
        moves.give_back(found)
        moves.move_followers(found)
        _settle(found)
    return found


def _both_locked(survivor: Any, merged: Any) -> tuple[PatientProfile, PatientProfile]:
    """Both files behind their locks, in one order: whoever writes about one of them waits, or we do."""
    if survivor == merged:
        raise Refusal(_("Choose two different files."))
    people = Member.objects.locked_together(survivor, merged)
    files = PatientProfile.objects.locked_together(survivor, merged)
    if len(files) < 2:
        raise Refusal(_("One of these files was merged in the meantime."))
    for key, file in files.items():
        file.member = people[key]
    return files[survivor], files[merged]


def _two_people(mine: PatientProfile, theirs: PatientProfile) -> None:
    """Raises Refusal where one of the two acts for the other, or did: they are two. Nor may one be erased."""
    if Erasure.objects.filter(patient_id__in=[mine.pk, theirs.pk]).exists():
        raise Refusal(_("One of these files was erased: nobody knows any more whose it was."))
    one, other = Q(guardian=mine.pk, dependant=theirs.pk), Q(guardian=theirs.pk, dependant=mine.pk)
    if Guardianship.objects.filter(one | other).exists():
        raise Refusal(_("One of the two acts or acted for the other: these are two people."))


def _carry_out(
    merge: PatientMerge, mine: PatientProfile, theirs: PatientProfile, values: dict[str, Any]
) -> None:
    settle_twins(merge)
    _follow_birthday(merge, mine, theirs, values.get("date_of_birth", mine.date_of_birth))
    for made in ImportedRecord.objects.filter(record_id=theirs.pk, created=True):
        # The import made a file that is no more: taking it back must not take the other one.
        moves.change_values(merge, made._meta.db_table, "id", made.pk, {"created": False})
    # The rows of the person go before what they said comes to the other file: a log-in is in one of them.
    moves.set_aside(merge, *_PROFILE, theirs.pk)
    moves.set_aside(merge, *_MEMBER, theirs.pk)
    log_in = {"user_id": str(values.pop(LOG_IN).pk)} if LOG_IN in values else {}
    person = {name: value for name, value in values.items() if name in PERSON}
    known = {name: value for name, value in values.items() if name not in PERSON}
    moves.change_values(merge, *_MEMBER, mine.pk, _as_json(mine.member, person) | log_in)
    moves.change_values(merge, *_PROFILE, mine.pk, _as_json(mine, known))
    moves.move_references(merge)


def _as_json(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The values as columns hold them, once the model has nothing against them."""
    for name, value in values.items():
        setattr(row, name, value)
    checked(row)
    fields = {field.name: field for field in row._meta.concrete_fields}
    plain = {fields[name].column: fields[name].get_prep_value(getattr(row, name)) for name in values}
    return json.loads(json.dumps(plain, default=str))


def _follow_birthday(
    merge: PatientMerge, mine: PatientProfile, theirs: PatientProfile, born: datetime.date | None
) -> None:
    """What lasts until the eighteenth birthday of either file lasts until the one that is chosen."""
    found = Guardianship.objects.unended().filter(dependant__in=[mine.pk, theirs.pk], reason="")
    for each in found:
        if born is None:
            continue
        end = eighteenth_birthday(born)
        if end <= max(timezone.localdate(), each.starts_on):
            raise Refusal(
                _("By this date of birth the patient is of age. End the guardianship first."),
                "date_of_birth",
            )
        if end != each.ends_on:
            values = {"ends_on": end.isoformat()}
            moves.change_values(merge, "members_guardianship", "id", each.pk, values)


def _settle(merge: PatientMerge) -> None:
    """Nothing moves any more; the database looks at all of it now, while there is a form to answer in."""
    merge.is_moving = False
    merge.save(update_fields=["is_moving"])
    moves.run("SET CONSTRAINTS ALL IMMEDIATE")
    moves.run("SET CONSTRAINTS ALL DEFERRED")


def _overlaps_told() -> Any:
    sentence = _("Both files have a visit at the same time. Cancel one of the two first.")
    return relayed(PatientMerge, appointment_patient_overlap=sentence)


@contextmanager
def _ties_told() -> Iterator[None]:
    """What hangs on rows of both files cannot go back with the one and stay with the other."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, ForeignKeyViolation):
            raise Refusal(
                _("Something written since belongs to visits of both people, so they cannot be parted.")
            ) from error
        raise refusal_of(PatientMerge, error, {}) from error

"""A patient's copy is complete, and nobody else's: every row that has a way to the patient, column by column.

The ways are found here once more, from the models alone and by other means than the copy's own. A row's key
is its canary: nobody else has it.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.members.models import Member, PatientProfile
from clinic.exports import services
from clinic.exports.archive import cell_of
from clinic.exports.models import Export, Status
from clinic.exports.table import LEFT_OUT, SECRET, WITHHELD
from records.documents.models import StoredFile
from tests.clinic import everything

pytestmark = pytest.mark.django_db
TENANT_LABELS = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
TENANT_MODELS = [model for model in apps.get_models() if model._meta.app_label in TENANT_LABELS]
# Whoever it is for; every other reference to a member says who did something.
FOR_WHOM = ("member", "guardian")
# Whom a row names beside its patient, without being theirs.
BESIDE = {"wallets.LedgerEntry": "other"}
# Of these the patient of the tests has nothing, and why.
NOTHING = {
    "documents.Paper": "handed in by those who work here",
    "documents.PaperFile": "handed in by those who work here",
    "cash.CashShift": "worked by those who work here",
}


@cache
def paths(model: type[models.Model], seen: frozenset[Any] = frozenset()) -> tuple[str, ...]:
    """Every way by references from a row to the patient whose it is."""
    if model in (PatientProfile, Member):
        return ("pk",)
    if model._meta.label == "notifications.OutboxMessage":
        return ("member_id",)
    found: list[str] = []
    for field in model._meta.concrete_fields:
        target: Any = field.related_model
        if not field.is_relation or target in seen or field.name == BESIDE.get(model._meta.label):
            continue
        if target is PatientProfile or (target is Member and field.name in FOR_WHOM):
            found.append(field.name)
        elif target is not Member and not is_staff(target):
            found += [f"{field.name}__{way}" for way in paths(target, seen | {model})]
    return tuple(found)


def is_staff(model: Any) -> bool:
    """Whether it is the profile of somebody who works here."""
    key = model._meta.pk
    return key.is_relation and key.related_model is Member and model is not PatientProfile


def rows_of(model: Any, patient: Any) -> list[Any]:
    """What belongs to the patient."""
    belongs = Q()
    for path in paths(model):
        belongs |= Q((path, patient.pk))
    return list(models.QuerySet(model).filter(belongs).distinct()) if belongs else []


def of_patients() -> Iterator[Any]:
    """The models of which a patient can have a row, and that are given out."""
    for model in TENANT_MODELS:
        if paths(model) and model._meta.label not in {*LEFT_OUT, *WITHHELD} and not is_staff(model):
            yield model


@pytest.fixture
def people(acme: Any) -> SimpleNamespace:
    """A clinic with two patients of whom there is everything, one in the other's family."""
    return everything.build(acme)


def copied(people: SimpleNamespace, **facts: Any) -> zipfile.ZipFile:
    """The copy of the patient."""
    asked = Export.objects.get(patient=people.patient, status=Status.ASKED)
    if facts:
        Export.objects.filter(pk=asked.pk).update(**facts)
    services.make_export(asked.pk)
    export = Export.objects.get(pk=asked.pk)
    assert export.status == Status.READY, export.problem
    return zipfile.ZipFile(export.path)


def told(copy: zipfile.ZipFile) -> dict[str, dict[str, dict[str, str]]]:
    """Every table of the copy: its rows by their keys."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name in copy.namelist():
        if name.startswith("tables/"):
            text = io.StringIO(copy.read(name).decode("utf-8-sig"), newline="")
            rows = list(csv.DictReader(text))
            found[name[len("tables/") : -len(".csv")]] = {
                (row.get("id") or row["member_id"]): row for row in rows
            }
    return found


def test_a_patients_copy_is_complete_and_nobody_elses(people: SimpleNamespace) -> None:
    """One world for all three: it takes longer to make than to look at."""
    copy = copied(people)
    tables = told(copy)
    assert missing(tables, people.patient) == []
    assert sorted(nothing(people.patient)) == sorted(NOTHING), "give the world one, or say why in NOTHING"
    assert files_missing(copy, people.patient) == set()
    assert strange(tables, people) == []
    assert set(tables["members_member"]) == {str(people.patient.pk)}


def missing(tables: dict[str, Any], patient: Any) -> list[str]:
    """The columns of which a row's value is not in the copy."""
    found = set()
    for model in of_patients():
        for row in rows_of(model, patient):
            given = tables.get(model._meta.db_table, {}).get(str(row.pk), {})
            found |= {
                f"{model._meta.label}.{name}" for name in columns(model) if given.get(name) != said(row, name)
            }
    return sorted(found)


def columns(model: Any) -> list[str]:
    """What must be there: all but what is computed or opens something; of itself a copy knows the start."""
    if model is Export:
        return ["id", "patient_id", "asked_by_id", "wanted_by", "identity_seen"]
    hidden = SECRET.get(model._meta.label, frozenset())
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    return [field.attname for field in fields if field.attname not in hidden]


def said(row: Any, column: str) -> str:
    """The column as a cell of the copy says it."""
    return cell_of(next(f for f in row._meta.concrete_fields if f.attname == column).value_from_object(row))


def nothing(patient: Any) -> list[str]:
    """The models of which the patient has no row: of them nothing would be proved."""
    return [model._meta.label for model in of_patients() if not rows_of(model, patient)]


def files_missing(copy: zipfile.ZipFile, patient: Any) -> set[str]:
    """The fingerprints of the patient's files that no file of the copy has."""
    kept = {hashlib.sha256(copy.read(name)).hexdigest() for name in copy.namelist() if "files/" in name}
    models_of_files = [model for model in of_patients() if issubclass(model, StoredFile)]
    own = {row.sha256 for model in models_of_files for row in rows_of(model, patient)}
    assert own
    return own - kept


def strange(tables: dict[str, Any], people: SimpleNamespace) -> list[str]:
    """The models of which a row of the other patient is in the copy."""
    found = []
    for model in of_patients():
        own = {str(row.pk) for row in rows_of(model, people.patient)}
        theirs = {str(row.pk) for row in rows_of(model, people.other)} - own
        if theirs & set(tables.get(model._meta.db_table, {})):
            found.append(model._meta.label)
    return found


def test_a_column_that_opens_something_is_in_no_copy() -> None:
    named = {
        f"{model._meta.label}.{field.attname}"
        for model in TENANT_MODELS
        for field in model._meta.concrete_fields
        if any(part in field.name for part in ("token_hash", "secret", "password", "idempotency_key"))
        and model._meta.label not in LEFT_OUT
    }
    hidden = {f"{label}.{column}" for label, columns in SECRET.items() for column in columns}
    assert (
        named
        - hidden
        - {"notifications.OutboxMessage.is_secret", "online.PaymentProvider.secrets_changed_at"}
        == set()
    )


def test_what_is_left_out_is_said_of_models_there_are_and_with_a_reason() -> None:
    known = {model._meta.label for model in TENANT_MODELS}
    assert {*LEFT_OUT, *WITHHELD, *SECRET} <= known
    assert all(str(reason) for reason in (*LEFT_OUT.values(), *WITHHELD.values()))

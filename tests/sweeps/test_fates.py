"""Every column that tells of a patient has a declared fate."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from accounts.members.models import Member, PatientProfile
from clinic.erasure.table import fates
from tests.sweeps.test_models import TENANT_MODELS, label

# What names a person otherwise than by a reference to the patient's file.
PERSONS_OWN = ("member", "guardian")
# Rows of work that lead to a patient, and hold nothing of the person's that is not declared elsewhere.
BESIDE = {
    # Who works here: erased are patients.
    *("members.AdminProfile", "members.DoctorProfile", "members.ReceptionistProfile"),
    *("members.AgentProfile", "members.CaregiverProfile", "cash.CashShift"),
    # Keys of what was erased, on purpose.
    *("erasure.Erasure", "erasure.ErasureStep", "erasure.LegalHold"),
}


def leads_to_a_patient(model: type[models.Model], seen: frozenset[type[models.Model]] = frozenset()) -> bool:
    """Whether a chain of references ends at a patient's file, or a reference names the person."""
    if model in (PatientProfile, Member):
        return True
    if label(model) in BESIDE:
        return False
    new = (field for field in _references(model) if field.related_model not in seen)
    return any(_leads(field, seen | {model}) for field in new)


def _leads(field: models.ForeignKey, seen: frozenset[type[models.Model]]) -> bool:
    if field.related_model is Member:
        return field.name in PERSONS_OWN
    return leads_to_a_patient(field.related_model, seen)


def _references(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    return (field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey))


def can_tell(field: models.Field) -> bool:
    """Whether the column can hold words, a date or a file: keys, moments, states and amounts cannot."""
    if field.primary_key or field.is_relation or field.choices or getattr(field, "generated", False):
        return False
    words = (models.CharField, models.TextField, models.JSONField, models.FileField)
    is_date = type(field) is models.DateField
    return is_date or isinstance(field, words) or field.get_internal_type() == "ArrayField"


OF_PATIENTS = [model for model in TENANT_MODELS if leads_to_a_patient(model)]


@pytest.mark.parametrize("model", OF_PATIENTS, ids=label)
def test_every_column_that_tells_of_a_patient_has_a_fate(model: type[models.Model]) -> None:
    declared = [fate for fate in fates() if fate.model is model]
    assert declared, "the room's erasure.py says nothing of it"
    if any(fate.delete and not fate.is_beside for fate in declared):
        return
    known = {column for fate in declared for phase in fate.columns.values() for column in phase}
    known |= {column for fate in declared for column in fate.stays}
    told = {field.column for field in model._meta.concrete_fields if can_tell(field)}
    assert told - known == set()


def test_whoever_is_left_out_exists() -> None:
    assert {apps.get_model(name)._meta.label for name in BESIDE} == BESIDE

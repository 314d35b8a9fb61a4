"""Two files of one person become one, and come apart again as the same rows."""

from datetime import date
from typing import Any

import pytest

from accounts.members.models import PatientProfile
from accounts.members.services.merges import merge_patients, unmerge_patients
from tests.people import PatientFactory
from tests.sweeps import world
from tests.sweeps.test_models import TENANT_MODELS

# What says that there was a merge, and the trail of all that was done: these only ever grow.
OF_THE_MERGE = {"PatientMerge", "PatientMergeMove", "AuditEvent"}
CLINIC = [model for model in TENANT_MODELS if model.__name__ not in OF_THE_MERGE]


def everything() -> dict[str, list[Any]]:
    """Every value of every row of the clinic."""
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in CLINIC}


def holding(key: Any) -> set[str]:
    """The tables in which somebody's key stands."""
    return {label for label, values in everything().items() if str(key) in str(values)}


@pytest.mark.django_db
def test_a_whole_file_moves_and_comes_back_as_the_same_rows(acme: Any) -> None:
    clinic = world.build(acme)
    merged = PatientProfile.objects.get(pk=clinic.values["patients"])
    survivor = PatientFactory(given_name=merged.member.given_name, date_of_birth=date(1984, 3, 9))
    before, held = everything(), holding(merged.pk)
    merge = merge_patients(survivor, by=None, merged=merged, number=survivor.number)
    assert holding(merged.pk) <= {"inbox.Notification"}
    assert held - {"members.Member", "inbox.Notification"} <= holding(survivor.pk)
    unmerge_patients(merge, by=None)
    after = everything()
    assert [label for label in before if before[label] != after[label]] == []

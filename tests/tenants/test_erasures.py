"""The ledger of erasures: keys alone, each clinic its own, for ever."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django_tenants.utils import schema_context, tenant_context

from tenants.models import Erasure
from tests.databases import rows

pytestmark = pytest.mark.django_db


def test_a_clinic_enters_its_own_erasures_and_sees_no_others(acme: Any, beta: Any) -> None:
    Erasure.objects.create(organization=acme, patient=uuid4(), what="identity")
    with tenant_context(beta):
        assert rows("SELECT count(*) FROM tenants_erasure") == [(0,)]
        with pytest.raises(DatabaseError), transaction.atomic():
            Erasure.objects.create(organization=acme, patient=uuid4(), what="identity")
    assert rows("SELECT count(*) FROM tenants_erasure") == [(1,)]


def test_what_was_erased_stays_written_down(acme: Any) -> None:
    Erasure.objects.create(organization=acme, patient=uuid4(), what="identity")
    with schema_context("public"):
        for change in ("UPDATE tenants_erasure SET what = 'clinical'", "DELETE FROM tenants_erasure"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows(change)


def test_each_step_is_entered_once(acme: Any) -> None:
    patient = uuid4()
    Erasure.objects.create(organization=acme, patient=patient, what="identity")
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.create(organization=acme, patient=patient, what="identity")

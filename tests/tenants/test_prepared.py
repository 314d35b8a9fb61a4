"""A query that is compiled once asks each time what it would ask if it were written anew."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet, Value
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members.models import Member, PatientProfile
from clinic.db.prepared import Prepared
from clinic.db.sessions import SessionStore
from tests.people import PatientFactory, StaffFactory

pytestmark = pytest.mark.django_db


def of_name(name: str, role: str) -> QuerySet[PatientProfile]:
    """Patients by the name of their member, who comes with them; beside each, what was asked."""
    found = PatientProfile.objects.filter(member__given_name=name).exclude(member__role=role)
    return found.select_related("member").annotate(asked=Value(name))


def test_each_asking_finds_what_its_own_values_say(django_assert_num_queries: Any) -> None:
    prepared = Prepared(of_name, name="a name", role="a role")
    patients = [PatientFactory(given_name=name) for name in ("Ada", "Bisi", "Bisi")]
    for name, role in (
        ("Ada", "agent"),
        ("Bisi", "agent"),
        ("Ada", "patient"),
        ("Nobody", "agent"),
        ("'", "%s"),
    ):
        with django_assert_num_queries(1):
            found = prepared.rows(name=name, role=role)
            assert {patient.member.given_name for patient in found} <= {name}
        expected = of_name(name, role)
        assert found == list(expected)
        assert all(patient.asked == name for patient in found)
    assert len(prepared.rows(name="Bisi", role="agent")) == 2
    prepared.rows(name="Ada", role="agent")[0].member.given_name = "Changed"
    assert prepared.rows(name="Ada", role="agent")[0].member.given_name == patients[0].member.given_name


def test_it_finds_nothing_of_another_clinic(acme: Any, beta: Any) -> None:
    prepared = Prepared(lambda name: Member.objects.filter(given_name=name), name="a name")
    here = StaffFactory(given_name="Bola")
    with tenant_context(beta):
        assert prepared.rows(name="Bola") == []
        there = StaffFactory(given_name="Bola")
        assert prepared.rows(name="Bola") == [there]
    assert prepared.rows(name="Bola") == [here]


def test_a_value_that_does_not_reach_the_database_as_it_is_given_is_refused() -> None:
    lost = Prepared(lambda name, role: Member.objects.filter(given_name=name), name="a name", role="a role")
    with pytest.raises(ImproperlyConfigured):
        lost.rows(name="Ada", role="agent")


def test_a_session_is_found_until_it_is_over() -> None:
    store = SessionStore()
    store["what"] = "is in it"
    store.create()
    assert SessionStore(store.session_key)["what"] == "is in it"
    Session.objects.filter(pk=store.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    over = SessionStore(store.session_key)
    assert "what" not in over
    assert over.session_key is None

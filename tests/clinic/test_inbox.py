"""Members are told what happened within the site: once, in the same transaction, and nobody else is."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.inbox import services
from clinic.inbox.models import MOST_COUNTED, Notification
from clinic.inbox.services import News, notify, publish
from tests.people import DoctorFactory, PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


def staff(role: str = Role.RECEPTIONIST) -> Member:
    return with_login(StaffFactory(role=role))


def test_everybody_is_told_in_one_statement_but_not_who_did_it(django_assert_num_queries: Any) -> None:
    doer, *others = (staff() for _number in range(4))
    with django_assert_num_queries(1):
        told = notify(kind="message_failed", to=services.members().desk(), by=doer, facts={"patient": "Ada"})
    assert told == 3
    assert {told.member for told in Notification.objects.all()} == set(others)


def test_several_news_are_one_statement(django_assert_num_queries: Any) -> None:
    one, other = staff(), staff()
    about = uuid.uuid4()
    with django_assert_num_queries(1):
        publish(
            News(
                "visit_booked", [one.pk], {"patient": "Ada", "at": "2026-01-01T09:00+00:00"}, "/day/", about
            ),
            News("message_failed", [other.pk], {"patient": "Ada"}),
        )
    told = Notification.objects.get(member=one)
    assert (told.kind, told.link, told.about_id) == ("visit_booked", "/day/", about)
    assert Notification.objects.get(member=other).kind == "message_failed"


def test_keys_are_of_version_7_and_in_order_of_time() -> None:
    one = staff()
    for _number in range(3):
        notify(kind="message_failed", to=[one.pk], facts={"patient": "Ada"})
    keys = list(Notification.objects.order_by("created_at").values_list("pk", flat=True))
    assert {key.version for key in keys} == {7}
    assert keys[0].hex[:9] == one.pk.hex[:9]


def test_who_cannot_sign_in_is_not_told() -> None:
    without_login, left = StaffFactory(), staff()
    Member.objects.filter(pk=left.pk).update(status="inactive")
    assert notify(kind="message_failed", to=[without_login.pk, left.pk], facts={"patient": "Ada"}) == 0


def test_nobody_to_tell_is_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert notify(kind="message_failed", to=[]) == 0


def test_a_kind_that_is_not_in_the_table_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no kind"):
        notify(kind="gossip", to=[uuid.uuid4()])


def test_the_desk_is_the_receptionists_and_without_any_the_administrators() -> None:
    admin = staff(Role.ADMIN)
    with_login(DoctorFactory())
    with_login(PatientFactory().member)
    assert list(services.members().desk()) == [admin]
    receptionist = staff()
    assert list(services.members().desk()) == [receptionist]


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_no_notification_leads_out_of_the_site(link: str) -> None:
    with pytest.raises(IntegrityError, match="notification_link_is_ours"), transaction.atomic():
        notify(kind="message_failed", to=[staff().pk], facts={"patient": "Ada"}, link=link)


def test_unread_ones_are_counted_up_to_a_limit() -> None:
    one = staff()
    for _number in range(3):
        notify(kind="message_failed", to=[one.pk], facts={"patient": "Ada"})
    assert Member.objects.with_unread().get(pk=one.pk).unread == 3
    publish(*(News("message_failed", [one.pk], {"patient": "Ada"}) for _number in range(MOST_COUNTED)))
    assert Member.objects.with_unread().get(pk=one.pk).unread == MOST_COUNTED
    services.mark_all_read(by=one)
    assert Member.objects.with_unread().get(pk=one.pk).unread == 0

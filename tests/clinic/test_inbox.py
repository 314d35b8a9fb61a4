"""Members are told what happened within the site: once, in the same transaction, and nobody else is."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.inbox import services
from clinic.inbox.jobs import forget_old_notifications
from clinic.inbox.kinds import KINDS
from clinic.inbox.lines import lines
from clinic.inbox.models import MOST_COUNTED, Notification
from clinic.inbox.services import News, notify, publish
from tests.conftest import ClinicClient
from tests.people import DoctorFactory, PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db
Browser = Callable[..., ClinicClient]


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


PAGE = "/notifications/"


def tell(*members: Member, link: str = "/me/", kind: str = "message_failed") -> Notification:
    """Something told to these members; the first one's notification."""
    notify(kind=kind, to=[member.pk for member in members], facts={"patient": "Ada <Obi>"}, link=link)
    return Notification.objects.filter(member=members[0]).first()


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bell_counts_the_own_unread_ones_on_every_page_without_a_statement_more(
    client_for: Browser, django_assert_num_queries: Any
) -> None:
    one, other = staff(), staff()
    browser = client_for(one)
    assert "Notifications, none unread" in text_of(browser.get("/me/"))
    with CaptureQueriesContext(connection) as before:
        browser.get("/me/")
    tell(one, other)
    tell(one)
    with django_assert_num_queries(len(before)):
        assert "2 unread notifications" in text_of(browser.get("/me/"))
    assert "2 unread notifications" in text_of(browser.get("/notifications/unread/"))
    assert "1 unread notification<" in text_of(client_for(other).get("/day/"))


def test_the_bell_counts_no_further_than_99(client_for: Browser) -> None:
    one = staff()
    publish(*(News("message_failed", [one.pk], {"patient": "Ada"}) for _number in range(MOST_COUNTED)))
    text = text_of(client_for(one).get("/me/"))
    assert "99+" in text
    assert "More than 99 unread notifications" in text


def test_the_list_is_the_own_one_latest_first_and_escaped(client_for: Browser) -> None:
    one, other = staff(), staff()
    tell(one, kind="message_uncertain")
    tell(one)
    tell(other, kind="request_lapsed")
    text = text_of(client_for(one).get(PAGE))
    assert text.index("could not be sent") < text.index("not certain")
    assert "has lapsed" not in text
    assert "Ada &lt;Obi&gt;" in text
    assert text.count(">Unread</span>") == 2


def test_25_are_on_a_page_and_unread_ones_can_be_asked_for(client_for: Browser) -> None:
    one = staff()
    browser = client_for(one)
    assert "No notifications yet" in text_of(browser.get(PAGE))
    publish(*(News("message_failed", [one.pk], {"patient": f"Ada{number}."}) for number in range(26)))
    services.mark_read(Notification.objects.get(facts__patient="Ada3."), by=one)
    assert text_of(browser.get(PAGE)).count('class="news-item"') == 25
    assert text_of(browser.get(f"{PAGE}?page=2")).count('class="news-item"') == 1
    unread = text_of(browser.get(f"{PAGE}?show=unread"))
    assert "Ada3." not in unread
    assert '<a href="?show=unread" aria-current="page">' in unread
    services.mark_all_read(by=one)
    assert "Nothing unread" in text_of(browser.get(f"{PAGE}?show=unread"))


def test_looking_reads_nothing_and_opening_reads_one(client_for: Browser) -> None:
    one = staff()
    told = tell(one)
    tell(one)
    browser = client_for(one)
    browser.get(PAGE)
    assert Notification.objects.unread().count() == 2
    assert browser.get(f"{PAGE}{told.pk}/open/").status_code == 405
    assert browser.send(f"{PAGE}{told.pk}/open/")["Location"] == "/me/"
    assert list(Notification.objects.exclude(read_at=None)) == [told]


def test_everything_is_read_at_once_and_only_the_own(client_for: Browser) -> None:
    one, other = staff(), staff()
    tell(one, other)
    tell(one)
    assert client_for(one).send(f"{PAGE}read/")["Location"] == PAGE
    assert [told.member for told in Notification.objects.unread()] == [other]


def test_somebody_elses_notification_does_not_exist(client_for: Browser) -> None:
    one, other = staff(), staff()
    told = tell(other)
    assert client_for(one).send(f"{PAGE}{told.pk}/open/").status_code == 404
    services.mark_read(told, by=one)
    assert Notification.objects.unread().get() == told


def test_who_is_two_things_reads_what_the_present_role_was_told(client_for: Browser) -> None:
    doctor = with_login(DoctorFactory())
    desk = with_login(StaffFactory(), user=doctor.user)
    tell(desk)
    assert "Notifications, none unread" in text_of(client_for(doctor).get("/me/"))
    assert "1 unread<" in text_of(client_for(doctor).get("/me/")), "at the way into the other role"
    assert "1 unread notification<" in text_of(client_for(desk).get("/me/"))
    assert "could not be sent" not in text_of(client_for(doctor).get(PAGE))


@pytest.mark.parametrize("link", ["/booking-rules/", "/nowhere/", ""])
def test_no_link_leads_where_the_reader_may_not_go(client_for: Browser, link: str) -> None:
    one = staff()
    told = tell(one, link=link)
    browser = client_for(one)
    assert ("not yours to open" in text_of(browser.get(PAGE))) is bool(link)
    assert browser.send(f"{PAGE}{told.pk}/open/")["Location"] == PAGE
    assert 'href="/booking-rules/"' not in text_of(browser.get(PAGE))


def test_in_a_suspended_clinic_what_is_unread_can_be_followed(client_for: Browser, acme: Any) -> None:
    one = staff()
    tell(one)
    acme.status = "suspended"
    text = render_to_string(
        "inbox/_line.html",
        {
            "line": lines(Notification.objects.all(), one)[0],
            "request": SimpleNamespace(organization=acme, member=one),
        },
    )
    assert '<a class="news-item" href="/me/">' in text


def test_what_was_read_long_ago_is_forgotten_and_unread_ones_wait_a_year() -> None:
    one, now = staff(), timezone.now()
    for days, is_read in ((89, True), (91, True), (364, False), (366, False)):
        told, then = tell(one), now - timedelta(days=days)
        Notification.objects.filter(pk=told.pk).update(created_at=then, read_at=then if is_read else None)
    assert forget_old_notifications.name
    assert services.forget_read_notifications() == 2
    left = Notification.objects.values_list("created_at", flat=True)
    assert {(now - created).days for created in left} == {89, 364}


def test_a_kind_that_is_gone_is_still_a_sentence(client_for: Browser) -> None:
    one = staff()
    Notification.objects.filter(pk=tell(one).pk).update(kind="of_old")
    assert "Something has changed." in text_of(client_for(one).get(PAGE))


def test_every_sentence_is_made_of_facts_that_are_not_clinical() -> None:
    allowed = {"patient", "doctor", "at", "before", "until", "count", "number", "person", "agent"}
    for name, kind in KINDS.items():
        sentences = [kind.sentence % (dict.fromkeys(allowed, "x") | {"count": count}) for count in (1, 2)]
        assert all(sentences), name


def test_a_clinics_notifications_are_nobodys_elsewhere(
    beta: Any,
) -> None:
    one = staff()
    told = tell(one)
    with tenant_context(beta):
        assert not Notification.objects.filter(pk=told.pk).exists()
        assert services.mark_all_read(by=one) == 0
    connection.set_schema_to_public()
    assert notify(kind="message_failed", to=[one.pk]) == 0

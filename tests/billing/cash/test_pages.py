"""The pages of the cash desks: who sees which, what they say, and what is kept when something is refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.members.models import Member
from accounts.members.roles import Role
from billing.cash import services
from billing.cash.models import CashDesk, CashSession
from tests.billing.cash.test_sessions import closed, opened, paid
from tests.billing.factories import issued
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def bola() -> Member:
    """The receptionist."""
    return with_login(StaffFactory())


@pytest.fixture
def desk(bola: Member, client_for: Callable[..., Any]) -> Any:
    """The receptionist's browser."""
    return client_for(bola)


def at(name: str, session: CashSession) -> str:
    return reverse(f"cash:{name}", args=[session.pk])


def test_the_desk_is_opened_worked_at_counted_and_closed(desk: Any, bola: Member) -> None:
    assert "No cash desk is in use" in desk.get(reverse("cash:session_list")).content.decode()
    page = desk.send(reverse("cash:open_session"), {"opening_float": "100"}, follow=True).content.decode()
    assert "Front desk is open" in page
    session = CashSession.objects.get()
    payment = paid(bola)
    assert payment.invoice.reference in desk.get(session.get_absolute_url()).content.decode()
    bank = {"direction": "taken_out", "amount": "50", "reason": "To the bank"}
    assert "To the bank" in desk.send(at("move_cash", session), bank, follow=True).content.decode()
    # 100 and 60 less 50, counted by notes.
    page = desk.send(at("close_session", session), {"pieces_2": "1", "pieces_6": "1"}, follow=True)
    assert "counted and closed" not in page.content.decode()
    page = desk.send(at("close_session", session), {"pieces_3": "1", "pieces_6": "1"}, follow=True)
    assert "is counted and closed" in page.content.decode()
    session.refresh_from_db()
    assert (session.counted, session.difference, session.closed_by) == (Decimal(110), Decimal(0), bola)


def test_a_difference_that_is_not_explained_is_asked_about_and_what_was_typed_is_kept(
    desk: Any, bola: Member
) -> None:
    session = opened(bola)
    page = desk.send(at("close_session", session), {"counted": "77.50"}).content.decode()
    assert "22.50 are missing" in page
    assert "77.50" in page
    explained = {"counted": "77.50", "explanation": "A note was torn"}
    assert (
        "A note was torn" in desk.send(at("close_session", session), explained, follow=True).content.decode()
    )


def test_what_is_refused_stands_beside_its_field(desk: Any, bola: Member) -> None:
    session = opened(bola)
    sent = {"direction": "taken_out", "amount": "500", "reason": "To the bank"}
    page = desk.send(at("move_cash", session), sent).content.decode()
    assert "not so much in the drawer" in page
    assert "To the bank" in page
    page = desk.send(reverse("cash:open_session"), {"opening_float": "12"}).content.decode()
    assert "required" in page
    services.add_desk(by=None, name="Pharmacy")
    other = {"desk": CashDesk.objects.get(name="Pharmacy").pk, "opening_float": "12"}
    assert "another cash desk" in desk.send(reverse("cash:open_session"), other).content.decode()


def test_a_receptionist_joins_what_is_open_and_sees_no_count_of_others(
    desk: Any, bola: Member, client_for: Callable[..., Any]
) -> None:
    others, counted = opened(StaffFactory()), opened(StaffFactory(), name="Pharmacy")
    closed(counted, "100")
    for session in (others, counted):
        assert desk.get(session.get_absolute_url()).status_code == 404
        assert desk.send(at("close_session", session), {"counted": "100"}).status_code == 404
    assert at("session", counted) not in desk.get(reverse("cash:session_list")).content.decode()
    page = desk.send(at("join_session", others), follow=True).content.decode()
    assert "now lies in this cash desk" in page
    desk.send(at("leave_session", others))
    # Who has worked there still sees it.
    assert "You do not work at this cash desk" in desk.get(others.get_absolute_url()).content.decode()
    admin = client_for(with_login(StaffFactory(role=Role.ADMIN)))
    assert at("session", counted) in admin.get(reverse("cash:session_list")).content.decode()
    assert admin.send(at("close_session", others), {"counted": "100"}).status_code == 302


def test_only_administrators_name_the_desks(desk: Any, client_for: Callable[..., Any]) -> None:
    assert desk.send(reverse("cash:add_desk"), {"name": "Pharmacy"}).status_code == 403
    admin = client_for(with_login(StaffFactory(role=Role.ADMIN)))
    for sentence in ("The cash desk is there", "already a cash desk"):
        page = admin.send(reverse("cash:add_desk"), {"name": "Pharmacy"}, follow=True).content.decode()
        assert sentence in page
    key = CashDesk.objects.get().pk
    for verb, sentence in (("retire_desk", "No longer used"), ("reopen_desk", "In use")):
        page = admin.send(reverse(f"cash:{verb}", args=[key]), follow=True).content.decode()
        assert sentence in page


@pytest.mark.parametrize("name", ["session_sheet", "session_pdf"])
def test_a_count_is_printed(desk: Any, bola: Member, name: str) -> None:
    session = opened(bola)
    paid(bola)
    closed(session, "150", explanation="Lost")
    answer = desk.get(at(name, session))
    if name == "session_pdf":
        assert answer.content.startswith(b"%PDF")
    else:
        page = answer.content.decode()
        assert all(said in page for said in ("160.00", "150.00", "Lost", "Taken at the clinic", bola.name))


def test_who_takes_money_is_told_where_the_cash_lies(desk: Any, bola: Member) -> None:
    here = reverse("cash:my_session")
    assert not desk.get(here).content.strip(), "a clinic without a cash desk is not asked to open one"
    session = opened(StaffFactory())
    assert "cash you take now lies in none" in desk.get(here).content.decode()
    services.join_session(session, by=bola)
    assert "Front desk" in desk.get(here).content.decode()
    assert here in desk.get(issued("60").get_absolute_url()).content.decode()

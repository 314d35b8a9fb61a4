"""Cash is taken while the drawer is counted, on real connections."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from billing import services as billing
from billing.cash import services
from billing.cash.models import CashMovement, CashSession
from billing.models import Payment
from tests.billing.cash.test_sessions import opened
from tests.billing.factories import issued
from tests.people import StaffFactory

# In each round three take cash and one leaves while one counts; with `--long` in every order.
ROUNDS, ALL_ROUNDS = 3, 40


@pytest.fixture
def desk(committed: None, in_acme: None) -> None:
    """What is stored here stays until the test ends."""


def test_what_is_taken_while_the_drawer_is_counted_is_in_the_count_or_in_no_drawer(
    desk: None, race: Callable[..., list[Any]], is_long: bool
) -> None:
    bola, ada = StaffFactory(), StaffFactory()
    for number in range(ALL_ROUNDS if is_long else ROUNDS):
        session = opened(bola)
        services.join_session(session, by=ada)
        invoices = [issued("10") for _payer in range(3)]

        def act(
            which: int, session: Any = session, invoices: list[Any] = invoices, number: int = number
        ) -> Any:
            if which == 3:
                return services.close_session(session, by=bola, counted=Decimal(500), explanation="Race")
            if which == 4:
                return services.leave_session(session, by=ada)
            return billing.record_payment(
                invoices[which], by=bola, key=f"race {number} {which}", amount=Decimal(10)
            )

        results = race(5, act)
        assert not [found for found in results if isinstance(found, Exception)]
        done = CashSession.objects.with_held().get(pk=session.pk)
        assert (done.status, done.expected) == ("closed", done.held)
    lying = CashMovement.objects.filter(kind="payment").count()
    outside = Payment.objects.filter(method="cash", cash_movement=None).count()
    assert lying + outside == Payment.objects.count()


def test_of_eight_who_open_one_desk_one_does_and_nobody_works_at_two(
    desk: None, race: Callable[..., list[Any]]
) -> None:
    drawer, people = services.add_desk(by=None, name="Pharmacy"), [StaffFactory() for _person in range(8)]
    results = race(
        8, lambda which: services.open_session(by=people[which], desk=drawer, opening_float=Decimal(1))
    )
    assert len([found for found in results if isinstance(found, CashSession)]) == 1
    session = CashSession.objects.open().get()
    shifts = race(8, lambda _which: services.join_session(session, by=people[0]))
    assert len({shift.pk for shift in shifts}) == 1

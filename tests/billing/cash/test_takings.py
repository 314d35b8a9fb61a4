"""The takings of a day and of a session are the sums of what was paid less what was given back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.members.models import Member
from billing import services as billing
from billing.cash import services
from billing.cash.models import CashMovement, CashSession, of_day, of_session, without_session
from billing.models import Payment, Refund
from billing.wallets import services as wallets
from clinic.db.current import connection
from clinic.money import NOTHING, digits_of
from tests.billing.cash.test_sessions import opened, paid
from tests.billing.factories import issued
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


def today() -> Any:
    return of_day(timezone.localdate(), connection.tenant.currency)


def refunded(payment: Payment, amount: str, method: str, by: Member | None = None) -> None:
    facts: dict[str, Any] = {"by": by, "amount": Decimal(amount)}
    billing.credit_invoice(payment.invoice, key=f"credit {payment.pk} {method}", reason="Not done", **facts)
    billing.refund_payment(payment, key=f"back {payment.pk} {method}", method=method, **facts)


def test_money_of_a_wallet_came_in_when_the_wallet_was_filled() -> None:
    bola, patient = StaffFactory(), PatientFactory()
    wallets.top_up_wallet(patient, by=bola, key="in", amount=Decimal(100), method="card")
    billing.record_payment(
        issued("60", patient=patient), by=bola, key="x", amount=Decimal(60), method="wallet"
    )
    refunded(paid(bola, "50"), "20", "wallet")
    rows = {row.method: row for row in today().rows}
    assert {name: (row.invoiced, row.wallets, row.received) for name, row in rows.items()} == {
        "cash": (Decimal(50), NOTHING, Decimal(50)),
        "card": (NOTHING, Decimal(100), Decimal(100)),
        "wallet": (Decimal(40), Decimal(-40), NOTHING),
    }
    assert (today().total.invoiced, today().total.received) == (Decimal(90), Decimal(150))


def test_a_session_has_what_its_people_took_while_they_were_there() -> None:
    bola, ada = StaffFactory(), StaffFactory()
    paid(bola, "10", method="card")
    session = opened(bola)
    paid(bola, "20", method="card")
    refunded(paid(bola, "30"), "5", "cash", by=bola)
    wallets.top_up_wallet(PatientFactory(), by=bola, key="in", amount=Decimal(7), method="transfer")
    paid(ada, "40", method="card")
    services.leave_session(session, by=bola)
    paid(bola, "50", method="card")
    rows = {row.method: row.received for row in of_session(session).rows}
    assert rows == {"cash": Decimal(25), "card": Decimal(20), "transfer": Decimal(7)}


def test_another_day_has_its_own_takings() -> None:
    paid(None)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert of_day(tomorrow, "NGN").rows == without_session(tomorrow, "NGN") == []
    assert of_day(timezone.localdate(), "EUR").rows == []


def test_cash_that_lies_in_no_drawer_is_shown_as_such(client_for: Callable[..., Any]) -> None:
    bola, ada = with_login(StaffFactory()), StaffFactory(given_name="Chidera")
    opened(bola)
    paid(bola, "60")
    paid(ada, "30", method="card")
    refunded(paid(ada, "40"), "15", "cash", by=ada)
    paid(None, "5")
    found = without_session(timezone.localdate(), "NGN")
    assert {(row.member, row.times, row.amount) for row in found} == {(ada, 2, 25), (None, 1, 5)}
    page = client_for(bola).get(reverse("cash:takings")).content.decode()
    assert "Cash that lies in no cash desk" in page
    assert f"{ada.name} " in page
    elsewhere = client_for(bola).get(reverse("cash:takings") + "?day=2020-02-30").content.decode()
    assert "Cash that lies in no cash desk" in elsewhere
    other = client_for(bola).get(reverse("cash:takings") + "?day=2020-02-03").content.decode()
    assert "Nothing was paid on this day" in other
    assert client_for(bola).get(reverse("cash:takings_pdf")).content.startswith(b"%PDF")


STEP = st.tuples(
    st.sampled_from(["cash", "card", "transfer", "wallet", "refund", "top_up", "bank"]),
    st.integers(0, 1),
    st.integers(1, 90_000),
)


@given(st.lists(STEP, min_size=3, max_size=7))
@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_happens_takings_and_drawers_add_up(steps: list[Any]) -> None:
    earlier = connection.tenant.currency
    try:
        for currency in ("NGN", "EUR", "INR", "SEK", "JPY", "KWD"):
            connection.tenant.currency = currency
            _add_up(currency, steps)
    finally:
        connection.tenant.currency = earlier


def _add_up(currency: str, steps: list[Any]) -> None:
    people = [StaffFactory(), StaffFactory()]
    session = opened(people[0], name=f"Desk {people[0].pk}")
    patient = PatientFactory()
    for number, (what, who, size) in enumerate(steps):
        amount = Decimal(size).scaleb(-digits_of(currency))
        _step(session, patient, what, people[who], amount, f"{patient.pk.hex[-8:]} {number}")
    kinds = {"by": people[0], "counted": services.expected_of(session)}
    assert services.close_session(session, **kinds).difference == NOTHING
    here = Payment.objects.completed().filter(invoice__currency=currency)
    back = Refund.objects.filter(invoice__currency=currency)
    came, went = (rows.aggregate(sum=Sum("amount", default=NOTHING))["sum"] for rows in (here, back))
    assert today().total.invoiced == came - went
    outside = sum(row.amount for row in without_session(timezone.localdate(), currency))
    cash = sum(row.received for row in today().rows if row.method == "cash")
    moved = sum(one.moved for one in CashSession.objects.with_held().filter(currency=currency))
    by_hand = sum(
        row.amount for row in CashMovement.objects.filter(session__currency=currency, kind="put_in")
    )
    assert moved - by_hand + outside == cash


def _step(session: Any, patient: Any, what: str, by: Member, amount: Decimal, key: str) -> None:
    facts: dict[str, Any] = {"by": by, "key": key, "amount": amount}
    if what == "bank":
        services.move_cash(session, direction="put_in", reason="Change", **facts)
    elif what == "top_up" or (what == "wallet" and not _held(patient, amount)):
        wallets.top_up_wallet(patient, method="cash", **facts)
    elif what == "refund":
        refunded(paid(by, str(amount)), str(amount), "cash", by=by)
    else:
        invoice = issued(str(amount), patient=patient)
        billing.record_payment(invoice, method=what, **facts)


def _held(patient: Any, amount: Decimal) -> bool:
    return wallets.wallet_of(patient).balance >= amount

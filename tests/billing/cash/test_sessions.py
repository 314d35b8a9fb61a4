"""A cash desk holds what was put in, taken and given; it is counted once, a difference is explained."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.members.models import Member
from billing import services as billing
from billing.books.models import Category
from billing.books.services import add_category, add_entry, void_entry
from billing.cash import services
from billing.cash.models import CashDesk, CashMovement, CashSession, CashShift
from billing.wallets import services as wallets
from clinic.db.current import connection
from clinic.models import Refusal
from tests.billing.factories import issued
from tests.billing.wallets.test_ledger import settle
from tests.databases import rows
from tests.people import PatientFactory, StaffFactory

pytestmark = pytest.mark.django_db


def opened(by: Member | None = None, opening: str = "100", name: str = "Front desk") -> CashSession:
    """An open desk, and somebody at it."""
    desk = CashDesk.objects.get_or_create(name=name)[0]
    return services.open_session(by=by or StaffFactory(), desk=desk, opening_float=Decimal(opening))


def paid(by: Member | None, amount: str = "60", method: str = "cash", **facts: Any) -> Any:
    invoice = issued(amount)
    return billing.record_payment(
        invoice, by=by, key=f"paid {invoice.pk}", amount=Decimal(amount), method=method, **facts
    )


def closed(session: CashSession, counted: str, explanation: str = "") -> CashSession:
    return services.close_session(
        session, by=session.opened_by, counted=Decimal(counted), explanation=explanation
    )


def moved(session: CashSession) -> list[tuple[str, Decimal]]:
    return [(row.kind, row.amount) for row in session.movements.order_by("created_at", "id")]


def test_the_cash_that_somebody_takes_lies_in_the_drawer_where_this_person_works() -> None:
    bola = StaffFactory()
    session = opened(bola)
    paid(bola)
    paid(bola, "40", method="card")
    paid(StaffFactory(), "30")
    paid(None, "20")
    assert moved(session) == [("payment", Decimal(60))]
    assert services.expected_of(session) == Decimal(160)


def test_announced_money_lies_in_the_drawer_when_it_has_come() -> None:
    bola = StaffFactory()
    session = opened(bola)
    payment = paid(bola, is_received=False)
    assert moved(session) == []
    billing.complete_payment(payment, by=bola)
    assert moved(session) == [("payment", Decimal(60))]


def test_cash_that_is_given_back_leaves_the_drawer() -> None:
    bola = StaffFactory()
    session = opened(bola)
    payment = paid(bola)
    billing.credit_invoice(payment.invoice, by=bola, key="credit", amount=Decimal(60), reason="Not done")
    for method in ("cash", "wallet"):
        facts: dict[str, Any] = {"key": f"back {method}", "amount": Decimal(20), "method": method}
        billing.refund_payment(payment, by=bola, **facts)
    assert moved(session) == [("payment", Decimal(60)), ("refund", Decimal(-20))]


def test_cash_for_a_wallet_lies_in_the_drawer_and_cash_out_of_one_comes_from_it() -> None:
    bola, patient = StaffFactory(), PatientFactory()
    session = opened(bola)
    wallets.top_up_wallet(patient, by=bola, key="in", amount=Decimal(50), method="cash")
    wallets.top_up_wallet(patient, by=bola, key="by card", amount=Decimal(50), method="card")
    wallets.pay_out_wallet(patient, by=bola, key="out", amount=Decimal(30), method="cash")
    wallets.adjust_wallet(patient, by=bola, key="fix", amount=Decimal(5), reason="Counted again")
    assert moved(session) == [("wallet", Decimal(50)), ("wallet", Decimal(-30))]


def test_what_is_handed_over_beyond_the_invoice_lies_in_the_drawer_too() -> None:
    bola = StaffFactory()
    session = opened(bola)
    facts: dict[str, Any] = {"by": bola, "key": "x", "method": "cash", "rest_to_wallet": True}
    billing.record_payment(issued("60"), amount=Decimal(100), **facts)
    assert sorted(moved(session)) == [("payment", Decimal(60)), ("wallet", Decimal(40))]


def entered(by: Member, amount: str, kind: str = "expense", **facts: Any) -> Any:
    """Something written into the books by hand."""
    category = Category.objects.filter(kind=kind, system="").first() or add_category(
        by=None, kind=kind, name=f"Things {kind}"
    )
    given = {"booked_on": timezone.localdate(), "description": "Milk", "method": "cash", **facts}
    return add_entry(
        by=by, key=f"book {amount} {given}"[:64], category=category, amount=Decimal(amount), **given
    )


def test_what_is_bought_with_cash_and_entered_in_the_books_leaves_the_drawer() -> None:
    bola = StaffFactory()
    session = opened(bola)
    milk = entered(bola, "5")
    entered(bola, "20", kind="income")
    entered(bola, "7", method="transfer")
    entered(bola, "9", booked_on=timezone.localdate() - timedelta(days=1))
    entered(StaffFactory(), "11", description="Tea")
    assert moved(session) == [("book", Decimal(-5)), ("book", Decimal(20))]
    void_entry(milk, by=bola, reason="Typed twice")
    assert moved(session)[2:] == [("voided", Decimal(5))]
    assert CashMovement.objects.with_sources().last().about == "Milk"


def test_what_is_voided_after_the_count_moves_nothing() -> None:
    bola = StaffFactory()
    session = opened(bola)
    milk = entered(bola, "5")
    closed(session, "95")
    void_entry(milk, by=bola, reason="Typed twice")
    assert moved(session) == [("book", Decimal(-5))]


def test_money_in_another_currency_lies_in_no_drawer() -> None:
    bola = StaffFactory()
    session = opened(bola)
    connection.tenant.currency = "EUR"
    try:
        paid(bola)
    finally:
        connection.tenant.currency = "NGN"
    assert moved(session) == []


def test_a_person_works_at_one_desk_and_a_desk_is_opened_once() -> None:
    bola, ada = StaffFactory(), StaffFactory()
    session = opened(bola)
    with pytest.raises(Refusal, match="open already"):
        opened(ada)
    with pytest.raises(Refusal, match="another cash desk"):
        opened(bola, name="Pharmacy")
    other = opened(ada, name="Pharmacy")
    with pytest.raises(Refusal, match="another cash desk"):
        services.join_session(session, by=ada)
    services.leave_session(other, by=ada)
    assert services.join_session(session, by=ada) == services.join_session(session, by=ada)
    paid(ada)
    assert moved(session) == [("payment", Decimal(60))]


def test_a_clinic_without_a_desk_gets_one_by_opening_it() -> None:
    session = services.open_session(by=StaffFactory(), opening_float=Decimal(0))
    assert (session.desk.name, CashDesk.objects.count()) == ("Front desk", 1)


@pytest.mark.parametrize("amount", ["-1", "0.001"])
def test_money_is_counted_in_coins(amount: str) -> None:
    with pytest.raises(Refusal) as refused:
        opened(opening=amount)
    assert refused.value.field == "opening_float"
    with pytest.raises(Refusal) as refused:
        closed(opened(), amount)
    assert refused.value.field == "counted"


def test_money_is_put_in_and_taken_out_for_a_reason_and_each_form_counts_once() -> None:
    session = opened()
    facts: dict[str, Any] = {"by": session.opened_by, "amount": Decimal(70), "reason": "To the bank"}
    for _time in range(2):
        services.move_cash(session, key="bank", direction="taken_out", **facts)
    services.move_cash(session, key="change", direction="put_in", **facts)
    assert moved(session) == [("taken_out", Decimal(-70)), ("put_in", Decimal(70))]
    with pytest.raises(Refusal, match="already used"):
        services.move_cash(session, key="bank", direction="put_in", **facts)
    with pytest.raises(Refusal, match="not so much"):
        services.move_cash(session, key="more", direction="taken_out", **{**facts, "amount": Decimal(101)})
    with pytest.raises(Refusal, match="Say why"):
        services.move_cash(session, key="why", direction="put_in", **{**facts, "reason": " "})
    for wrong in ("0", "0.001"):
        with pytest.raises(Refusal):
            services.move_cash(session, key="no", direction="put_in", **{**facts, "amount": Decimal(wrong)})


def test_what_is_counted_is_compared_with_what_should_be_there() -> None:
    bola = StaffFactory()
    session = opened(bola)
    paid(bola)
    done = closed(session, "160.00")
    assert (done.expected, done.counted, done.difference) == (Decimal(160), Decimal(160), Decimal(0))
    assert not CashShift.objects.open().exists()
    with pytest.raises(Refusal, match="no longer possible"):
        closed(session, "160")


@pytest.mark.parametrize(
    ("counted", "sentence", "difference"), [("90", "are missing", -10), ("105", "too much", 5)]
)
def test_a_difference_is_explained(counted: str, sentence: str, difference: int) -> None:
    session = opened()
    with pytest.raises(Refusal, match=sentence) as refused:
        closed(session, counted, explanation="  ")
    assert refused.value.field == "explanation"
    done = closed(session, counted, explanation="A coin rolled away")
    assert (done.difference, done.explanation) == (Decimal(difference), "A coin rolled away")


def test_what_is_counted_by_notes_and_coins_is_their_sum() -> None:
    facts: dict[str, Any] = {"by": None, "pieces": {Decimal(50): 1, Decimal("0.5"): 100, Decimal(20): 0}}
    session = opened()
    with pytest.raises(Refusal, match="come to"):
        services.close_session(session, counted=Decimal(90), **facts)
    with pytest.raises(Refusal, match="no note or coin"):
        services.close_session(session, by=None, pieces={Decimal(3): 1})
    with pytest.raises(Refusal, match="Count the money"):
        services.close_session(session, by=None, pieces={Decimal(20): 0})
    done = services.close_session(session, **facts)
    assert (done.counted, [count.pieces for count in done.counts.all()]) == (Decimal(100), [1, 100])


def test_after_the_count_cash_lies_in_no_drawer_and_nobody_works_there() -> None:
    session = opened()
    closed(session, "100")
    paid(session.opened_by)
    assert moved(session) == []
    with pytest.raises(Refusal, match="counted and closed"):
        services.join_session(session, by=StaffFactory())
    facts: dict[str, Any] = {"direction": "put_in", "amount": Decimal(1), "reason": "Found"}
    with pytest.raises(Refusal, match="counted and closed"):
        services.move_cash(session, by=None, key="late", **facts)
    assert opened(session.opened_by).desk == session.desk


def test_a_desk_that_is_open_is_not_retired_and_a_retired_one_is_not_opened() -> None:
    session = opened()
    with pytest.raises(Refusal, match="count and close"):
        services.retire_desk(session.desk, by=None)
    closed(session, "100")
    desk = services.retire_desk(session.desk, by=None)
    with pytest.raises(Refusal, match="no longer used"):
        services.open_session(by=StaffFactory(), desk=desk, opening_float=Decimal(0))
    services.reopen_desk(desk, by=None)
    assert opened().is_open
    with pytest.raises(Refusal, match="already a cash desk"):
        services.add_desk(by=None, name=" Front desk ")


MADE_UP = """
    INSERT INTO cash_cashmovement (id, created_at, session_id, kind, amount, digits, reason, {source}
        idempotency_key)
    SELECT gen_random_uuid(), now(), s.id, '{kind}', {amount}, s.digits, '{reason}', {value} 'raw'
    FROM cash_cashsession s
"""
OWN = dict.fromkeys(("source", "value", "reason"), "")
HAND = {**OWN, "kind": "put_in", "amount": "5", "reason": "Found"}
# The wallet's payment: no cash was paid.
PAID = {**OWN, "kind": "payment", "source": "payment_id,", "value": "(SELECT id FROM billing_payment),"}
# Paid by transfer, and not voided.
BOOK = {
    **OWN,
    "kind": "book",
    "source": "book_entry_id,",
    "value": "(SELECT id FROM books_bookentry WHERE invoice_id IS NULL),",
}
CLOSE = """
    UPDATE cash_cashsession SET status = 'closed', closed_at = now(), counted = {counted},
        expected = {expected}, difference = {counted} - {expected}, explanation = '{why}'
"""
COUNT = """
    INSERT INTO cash_cashcount (id, created_at, session_id, value, pieces)
    SELECT gen_random_uuid(), now(), id, 50, 1 FROM cash_cashsession
"""


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE cash_cashsession SET opening_float = 0", "stays as it was opened"),
        ("UPDATE cash_cashsession SET opened_by_id = NULL", "stays as it was opened"),
        ("DELETE FROM cash_cashsession", "stays as it was opened"),
        ("DELETE FROM cash_cashdesk", "not deleted"),
        ("UPDATE cash_cashshift SET since = now()", "Who worked at"),
        ("DELETE FROM cash_cashshift", "Who worked at"),
        ("UPDATE cash_cashmovement SET amount = 1", "What moved in a drawer"),
        ("DELETE FROM cash_cashmovement", "What moved in a drawer"),
        (MADE_UP.format(**{**HAND, "reason": ""}), "cash_movement_source"),
        (MADE_UP.format(**{**HAND, "amount": "-5"}), "cash_movement_amount"),
        (MADE_UP.format(**{**HAND, "amount": "0.001"}), "cash_movement_rounded"),
        (MADE_UP.format(**PAID, amount="60"), "what was paid or given in cash"),
        (MADE_UP.format(**{**PAID, "kind": "put_in", "reason": "x"}, amount="60"), "cash_movement_source"),
        (MADE_UP.format(**BOOK, amount="-5"), "what was paid or given in cash"),
        (MADE_UP.format(**{**BOOK, "kind": "voided"}, amount="5"), "what was paid or given in cash"),
        (CLOSE.format(counted=105, expected=105, why=""), "Somebody still works"),
    ],
)
def test_what_is_in_a_drawer_cannot_be_made_up_by_sql(statement: str, sentence: str) -> None:
    session = opened()
    services.move_cash(session, by=None, key="change", direction="put_in", amount=Decimal(5), reason="Change")
    paid(None, method="card")
    entered(StaffFactory(), "5", method="transfer")
    settle()
    with pytest.raises(IntegrityError, match=sentence):
        _store(statement)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (CLOSE.format(counted=100, expected=99, why="Lost"), "What should be there"),
        (CLOSE.format(counted=100, expected=101, why="Lost"), "What should be there"),
        (CLOSE.format(counted=101, expected=100, why=""), "cash_session_explained"),
        (CLOSE.format(counted="100.001", expected=100, why="Lost"), "cash_session_coins"),
        (CLOSE.format(counted=100, expected=100, why="x").replace("100 - 100", "1"), "cash_session_reckoned"),
        (f"{COUNT};{CLOSE.format(counted=100, expected=100, why='')}", "do not come to"),
    ],
)
def test_a_count_cannot_be_made_up_by_sql(statement: str, sentence: str) -> None:
    session = opened()
    services.leave_session(session, by=session.opened_by)
    with pytest.raises(IntegrityError, match=sentence):
        _store(statement)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE cash_cashsession SET explanation = 'Nothing'", "stays as it was opened"),
        ("UPDATE cash_cashsession SET closed_by_id = opened_by_id", "stays as it was opened"),
        ("UPDATE cash_cashshift SET until = since", "counted and closed|Who worked at"),
        ("UPDATE cash_cashcount SET pieces = 1", "What was counted stays"),
        ("DELETE FROM cash_cashcount", "What was counted stays"),
        (MADE_UP.format(**HAND), "nothing moves there any more"),
    ],
)
def test_what_was_counted_stays_as_it_was_written(statement: str, sentence: str) -> None:
    services.close_session(opened(), by=None, pieces={Decimal(50): 2})
    settle()
    with pytest.raises(IntegrityError, match=sentence):
        _store(statement)


def test_a_movement_names_what_it_was_for() -> None:
    bola, patient = StaffFactory(), PatientFactory(given_name="Chidera")
    session = opened(bola)
    payment = paid(bola)
    wallets.top_up_wallet(patient, by=bola, key="in", amount=Decimal(50), method="cash")
    services.move_cash(session, by=bola, key="x", direction="put_in", amount=Decimal(1), reason="Change")
    names = [row.about for row in CashMovement.objects.with_sources().order_by("created_at")]
    assert names == [payment.invoice.reference, patient.member.name, "Change"]


def _store(statement: str) -> None:
    with transaction.atomic():
        *before, last = statement.split(";")
        for part in before:
            rows(f"{part} RETURNING 1")
        rows(f"{last} RETURNING 1")
        settle()

"""Whoever changes money past the rules is named by `manage.py verify`."""

from decimal import Decimal
from importlib import import_module
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connections, transaction

from billing.books.agreement import QUESTIONS, disagreements
from billing.cash.agreement import QUESTIONS as OF_CASH
from billing.cash.services import close_session
from billing.online.services import settle_online_payment
from billing.services import accept_claim, claim_invoice, pay_claim, record_payment, send_claim
from clinic.db.current import connection
from tests.billing.books.factories import entered, taxed
from tests.billing.cash.test_sessions import opened as at_a_cash_desk
from tests.billing.factories import issued
from tests.billing.insurance.factories import insured
from tests.billing.online.factories import opened
from tests.billing.test_credits import credit, refund
from tests.billing.wallets.test_ledger import holding
from tests.people import StaffFactory

RULES = import_module("billing.books.migrations.0002_rules")
BREAKS = {
    "its lines": "UPDATE billing_invoice SET total = total + 1",
    "its state": "UPDATE billing_invoice SET status = 'issued', balanced_at = NULL",
    "given back than": "UPDATE billing_refund SET amount = 200",
    "have a gap": "UPDATE billing_invoiceseries SET last_number = last_number + 1",
    "not hold what": "UPDATE wallets_wallet SET balance = balance + 1",
    "sum so far": "UPDATE wallets_ledgerentry SET balance_after = balance_after + 1",
    "came out of": "UPDATE billing_payment SET amount = 49 WHERE method = 'wallet'",
    "went into the wallet": "UPDATE billing_refund SET amount = 19 WHERE method = 'wallet'",
    "asked for more": "UPDATE billing_claim SET amount = 101 WHERE status = 'sent'",
    "has accepted": "UPDATE billing_payment SET amount = 31 WHERE method = 'insurance'",
    "as it was paid": "UPDATE online_onlinepayment SET to_wallet = 91 WHERE status = 'succeeded'",
    "no provider tells": "UPDATE online_onlinepayment SET payment_id = NULL",
    "no provider was asked": "DELETE FROM online_onlinerefund",
    "began and moved": "UPDATE cash_cashsession SET opening_float = opening_float + 1",
    "entered in cash": "UPDATE cash_cashmovement SET amount = 58 WHERE kind = 'payment'",
    "as it was received": "DELETE FROM books_bookentry WHERE payment_id IS NOT NULL",
    "as it was given back": "UPDATE books_bookentry SET amount = 5 WHERE refund_id IS NOT NULL",
    "not its share": "UPDATE books_bookentry SET tax = 1 WHERE payment_id IS NOT NULL",
}


def test_whoever_changes_money_past_the_rules_is_named(committed: None, acme: Any) -> None:
    patient = holding("60")
    invoice = taxed(("100", "7.5"), patient=patient)
    session = at_a_cash_desk(member := StaffFactory())
    record_payment(invoice, by=member, key="cash", amount=Decimal("57.5"))
    close_session(session, by=member, counted=session.opening_float, explanation="Left at home")
    paid = record_payment(invoice, by=None, key="wallet", amount=Decimal(50), method="wallet")
    credit(invoice, "20")
    refund(paid, "20", method="wallet")
    entered("10")
    paid_by_insurance_and_online(patient)
    said = StringIO()
    call_command("verify", only="acme", stdout=said)
    assert "money adds up with 7 entries of the books" in said.getvalue()

    assert len(BREAKS) == len(QUESTIONS) + len(OF_CASH)
    owner = connections["owner"]
    owner.set_schema(connection.schema_name)
    try:
        for sentence, statement in BREAKS.items():
            assert any(sentence in problem for problem in after(owner, statement)), sentence
        # What was paid before there were books: as the migration finds it.
        assert after(owner, "DELETE FROM books_bookentry WHERE invoice_id IS NOT NULL")
        assert after(owner, "DELETE FROM books_bookentry WHERE invoice_id IS NOT NULL", RULES.BACK) == []
    finally:
        owner.set_schema_to_public()
        owner.close()


def paid_by_insurance_and_online(patient: Any) -> None:
    """One insurance is asked for 60 of 100, another has paid 30, and 100 came online for the other 70."""
    first, second = insured("60", patient=patient), insured("30", patient=patient, payer="Axa")
    send_claim(claim_invoice(issued("100", patient=patient), by=None, policy=first), by=None)
    invoice = issued("100", patient=patient)
    online = opened(invoice)
    claim = send_claim(claim_invoice(invoice, by=None, policy=second), by=None)
    pay_claim(accept_claim(claim, by=None, amount=claim.amount), by=None, key="claim")
    online = settle_online_payment(online, by=None, their_payment="pi_1")
    credit(invoice, "10", key="online")
    refund(online.payment, "10", method="online", key="online")


def after(owner: Any, statement: str, then: str = "SELECT") -> list[str]:
    """What does not agree once the owner has done this past all triggers, `then` that; both are undone."""
    with transaction.atomic("owner"), owner.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(then)
        found = [*disagreements(owner), *disagreements(owner, OF_CASH)]
        transaction.set_rollback(True, "owner")
    return found

"""A wallet holds what its entries say, is never below nothing, and each form counts once."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.members.models import PatientProfile
from billing.models import Payment
from billing.services import record_payment
from billing.wallets import services
from billing.wallets.models import LedgerEntry, Wallet
from clinic.db.current import connection
from clinic.models import Refusal
from tests.billing.factories import issued
from tests.databases import rows
from tests.people import PatientFactory

pytestmark = pytest.mark.django_db


def holding(amount: str) -> PatientProfile:
    """A patient with so much in the wallet."""
    patient = PatientFactory()
    services.top_up_wallet(patient, by=None, key=f"first {patient.pk}", amount=Decimal(amount), method="cash")
    return patient


def held(patient: PatientProfile) -> Decimal:
    return Wallet.objects.get(patient=patient).balance


def settle() -> None:
    """Ask now what would be asked at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_money_comes_in_goes_out_and_each_entry_tells_the_balance() -> None:
    patient = holding("100")
    services.pay_out_wallet(patient, by=None, key="out", amount=Decimal("30.50"), method="cash")
    services.adjust_wallet(patient, by=None, key="fix", amount=Decimal("-0.50"), reason="Counted twice")
    entries = LedgerEntry.objects.filter(patient=patient)
    assert [entry.balance_after for entry in entries] == [Decimal(100), Decimal("69.5"), Decimal(69)]
    assert (held(patient), [entry.number for entry in entries]) == (Decimal(69), [1, 2, 3])


def test_nobody_takes_more_than_there_is() -> None:
    patient = holding("10")
    with pytest.raises(Refusal, match="not so much") as refused:
        services.pay_out_wallet(patient, by=None, key="out", amount=Decimal("10.01"), method="cash")
    assert refused.value.field == "amount"
    assert held(patient) == Decimal(10)


@pytest.mark.parametrize("amount", ["0", "-5", "0.001"])
def test_an_amount_is_something_in_the_currencys_coins(amount: str) -> None:
    with pytest.raises(Refusal):
        services.top_up_wallet(PatientFactory(), by=None, key="in", amount=Decimal(amount), method="cash")


def test_a_correction_says_why() -> None:
    with pytest.raises(Refusal, match="why"):
        services.adjust_wallet(holding("10"), by=None, key="fix", amount=Decimal(1), reason=" ")


def test_the_same_form_counts_once() -> None:
    patient = holding("10")
    for _time in range(2):
        services.top_up_wallet(patient, by=None, key="again", amount=Decimal(5), method="card")
    assert held(patient) == Decimal(15)
    with pytest.raises(Refusal, match="already used"):
        services.top_up_wallet(patient, by=None, key="again", amount=Decimal(6), method="card")


def test_a_transfer_leaves_one_wallet_and_arrives_in_the_other_once() -> None:
    mother, child = holding("50"), PatientFactory()
    for _time in range(2):
        services.transfer_wallet(mother, by=None, key="gift", amount=Decimal(20), to=child, reason="Mother")
    assert (held(mother), held(child)) == (Decimal(30), Decimal(20))
    entries = LedgerEntry.objects.filter(idempotency_key__startswith="gift").order_by("amount")
    assert [entry.other for entry in entries] == [child, mother]
    with pytest.raises(Refusal, match="same wallet"):
        services.transfer_wallet(mother, by=None, key="self", amount=Decimal(1), to=mother)


def test_a_wallet_pays_an_invoice_and_the_ledger_names_it() -> None:
    patient = holding("100")
    invoice = issued("60", patient=patient)
    payment = record_payment(invoice, by=None, key="pay", amount=Decimal(60), method=Payment.Method.WALLET)
    entry = LedgerEntry.objects.get(about_id=payment.pk)
    assert (entry.amount, entry.reference, held(patient)) == (-60, invoice.reference, Decimal(40))
    invoice.refresh_from_db()
    assert invoice.status == "balanced"
    settle()


def test_a_wallet_pays_no_more_than_it_holds_and_nothing_is_announced() -> None:
    patient = holding("10")
    invoice = issued("60", patient=patient)
    with pytest.raises(Refusal, match="not so much"):
        record_payment(invoice, by=None, key="pay", amount=Decimal(60), method=Payment.Method.WALLET)
    with pytest.raises(Refusal, match="paid at once"):
        record_payment(
            invoice, by=None, key="later", amount=Decimal(5), method=Payment.Method.WALLET, is_received=False
        )
    assert not Payment.objects.filter(invoice=invoice).exists()


def test_a_payment_from_a_wallet_without_its_entry_is_refused() -> None:
    invoice = issued("60", patient=holding("100"))
    facts = {"received_at": invoice.issued_at, "idempotency_key": "raw", "method": "wallet"}
    Payment.objects.create(invoice=invoice, amount=Decimal(60), **facts)
    with pytest.raises(IntegrityError, match="taken out of it"):
        settle()


# One more entry as it would be right, apart from the wallet that does not know it.
ENTRY = """
    INSERT INTO wallets_ledgerentry (id, created_at, wallet_id, patient_id, number, kind, amount,
        balance_after, digits, method, reference, reason, idempotency_key)
    SELECT gen_random_uuid(), now(), id, patient_id, last_number + 1, 'credit', 5, balance + 5,
        digits, 'cash', '', '', 'raw' FROM wallets_wallet
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wallets_wallet SET balance = balance + 1",
        "UPDATE wallets_wallet SET last_number = last_number + 1",
        "UPDATE wallets_wallet SET balance = -1",
        "UPDATE wallets_wallet SET currency = 'USD'",
        "DELETE FROM wallets_wallet",
        "UPDATE wallets_ledgerentry SET amount = 1",
        "DELETE FROM wallets_ledgerentry",
        ENTRY,
        ENTRY.replace("last_number + 1", "last_number + 2"),
        ENTRY.replace("balance + 5", "balance + 6"),
        ENTRY.replace("'credit', 5", "'debit', 5"),
        ENTRY.replace("'credit', 5", "'adjustment', 5"),
        ENTRY.replace("'credit', 5, balance + 5", "'debit', -500, balance - 500"),
        ENTRY.replace("'credit', 5, balance + 5", "'credit', 0.001, balance + 0.001"),
    ],
)
def test_what_a_wallet_holds_cannot_be_made_up_by_sql(statement: str) -> None:
    holding("10")
    settle()
    with pytest.raises(IntegrityError):
        _store(statement)


def _store(statement: str) -> None:
    with transaction.atomic():
        rows(f"{statement} RETURNING 1")
        settle()


OPERATION = st.tuples(
    st.sampled_from(["top_up_wallet", "pay_out_wallet", "adjust_wallet", "transfer_wallet"]),
    st.integers(0, 2),
    st.decimals("-20", "60", places=2),
)


@given(st.lists(OPERATION, max_size=25))
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_happens_the_entries_add_up_to_the_balance(operations: list[Any]) -> None:
    family = [PatientFactory() for _person in range(3)]
    for number, (verb, person, amount) in enumerate(operations):
        facts: dict[str, Any] = {"method": "cash"}
        if verb == "adjust_wallet":
            facts = {"reason": "Property"}
        elif verb == "transfer_wallet":
            facts = {"to": family[(person + 1) % 3]}
        facts |= {"by": None, "key": f"{family[0].pk} {number}", "amount": amount}
        with suppress(Refusal):
            getattr(services, verb)(family[person], **facts)
        for wallet in Wallet.objects.filter(patient__in=family):
            amounts = [entry.amount for entry in wallet.entries.order_by("number")]
            assert wallet.balance == sum(amounts) >= 0
    settle()

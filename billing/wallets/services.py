"""What moves a patient's money with the clinic: each verb one transaction, one entry (a transfer two)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from billing.wallets.models import Kind, LedgerEntry, Wallet
from clinic.db.current import connection
from clinic.models import Refusal, relayed
from clinic.money import NOTHING, digits_of, in_coins


@transaction.atomic
def top_up_wallet(
    patient: PatientProfile, *, by: Member | None, key: str, amount: Decimal, method: str, reference: str = ""
) -> LedgerEntry:
    """Take money from outside into the wallet."""
    _positive(amount)
    return enter(patient, Kind.CREDIT, amount, by=by, key=key, method=method, reference=reference)


@transaction.atomic
def pay_out_wallet(
    patient: PatientProfile, *, by: Member | None, key: str, amount: Decimal, method: str, reference: str = ""
) -> LedgerEntry:
    """Give the patient money of the wallet back."""
    _positive(amount)
    return enter(patient, Kind.DEBIT, -amount, by=by, key=key, method=method, reference=reference)


@transaction.atomic
def adjust_wallet(
    patient: PatientProfile, *, by: Member | None, key: str, amount: Decimal, reason: str
) -> LedgerEntry:
    """Correct what was entered wrongly, up or down (a negative `amount`), and say why."""
    if not reason.strip():
        raise Refusal(_("Say why the wallet is corrected."), "reason")
    if amount == NOTHING:
        raise Refusal(_("Enter what is to be added, or taken away with a minus."), "amount")
    return enter(patient, Kind.ADJUSTMENT, amount, by=by, key=key, reason=reason.strip())


@transaction.atomic
def transfer_wallet(
    patient: PatientProfile,
    *,
    by: Member | None,
    key: str,
    amount: Decimal,
    to: PatientProfile,
    reason: str = "",
) -> LedgerEntry:
    """Move money to another patient's wallet, within a family for instance; the entry it leaves by."""
    _positive(amount)
    if to.pk == patient.pk:
        raise Refusal(_("Choose another person: this is the same wallet."), "to")
    # Both behind their locks, in one order whoever gives.
    wallets = Wallet.objects.locked_together(wallet_of(patient).pk, wallet_of(to).pk)
    if len({wallet.currency for wallet in wallets.values()}) > 1:
        raise Refusal(_("These two wallets are kept in different currencies."), "to")
    given = enter(patient, Kind.DEBIT, -amount, by=by, key=key, reason=reason, other=to)
    if wallets[given.wallet_id].last_number < given.number:
        enter(to, Kind.CREDIT, amount, by=by, key=f"{key} received", reason=reason, other=patient)
    return given


def wallet_of(patient: PatientProfile) -> Wallet:
    """The patient's wallet: the one there is, or a new one with nothing in it."""
    wallet = Wallet.objects.filter(patient_id=patient.pk).first()
    if wallet is None:
        currency = connection.tenant.currency
        made = Wallet(patient_id=patient.pk, currency=currency, digits=digits_of(currency))
        Wallet.objects.insert_unless_taken(made)
        wallet = Wallet.objects.get(patient_id=patient.pk)
    return wallet


def in_currency(patient: PatientProfile, currency: str) -> None:
    """Raises Refusal where the patient's wallet is kept in another currency."""
    if wallet_of(patient).currency != currency:
        raise Refusal(_("The patient’s wallet is kept in another currency. Choose another way."), "method")


@transaction.atomic
def enter(
    patient: PatientProfile,
    kind: str,
    amount: Decimal,
    *,
    by: Member | None,
    key: str,
    about_id: UUID | None = None,
    **said: Any,
) -> LedgerEntry:
    """Write the next entry of the patient's wallet: what comes in is positive, what goes out negative.

    The same `key` counts once: the entry it made is returned. Raises Refusal for more than there is.
    """
    wallet = Wallet.objects.locked(wallet_of(patient).pk)
    earlier = LedgerEntry.objects.filter(idempotency_key=key).first()
    if earlier:
        return _same(earlier, wallet, amount)
    in_coins(amount, wallet.digits)
    if wallet.balance + amount < NOTHING:
        raise Refusal(_("There is not so much in the wallet."), "amount")
    wallet.balance, wallet.last_number = wallet.balance + amount, wallet.last_number + 1
    entry = LedgerEntry(
        wallet=wallet,
        patient_id=wallet.patient_id,
        number=wallet.last_number,
        kind=kind,
        amount=amount,
        balance_after=wallet.balance,
        digits=wallet.digits,
        about_id=about_id,
        entered_by=by,
        idempotency_key=key,
        **said,
    )
    with relayed(LedgerEntry):
        entry.save(force_insert=True)
    wallet.save(update_fields=["balance", "last_number"])
    return entry


def _same(earlier: LedgerEntry, wallet: Wallet, amount: Decimal) -> LedgerEntry:
    if (earlier.wallet_id, earlier.amount) != (wallet.pk, amount):
        raise Refusal(_("This form was already used for something else. Open the wallet again."))
    return earlier


def _positive(amount: Decimal) -> None:
    if amount <= NOTHING:
        raise Refusal(_("The amount must be more than nothing."), "amount")

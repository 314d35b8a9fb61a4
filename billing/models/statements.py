"""What moved on a patient's account in a period: invoices, credit notes, payments, refunds, and the balances.

A balance is what the patient owes: charges and money given back make it more, payments and credit notes less.
What the account comes to at the end of today is what is open on all invoices together.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from billing.models.claims import Claim
from billing.models.payments import Method
from clinic.db.current import connection
from clinic.money import NOTHING

# Only what counts for the account: no draft, and no money that was announced and has not come.
_MOVES = """
SELECT moved.* FROM (
    SELECT i.issued_at AS at, 'invoice' AS kind, i.total AS amount, i.currency, s.prefix, i.number,
        '' AS method, i.id AS invoice_id, i.id AS pk
    FROM billing_invoice i JOIN billing_invoiceseries s ON s.id = i.series_id
    WHERE i.patient_id = %(patient)s AND i.status IN ('issued', 'balanced')
  UNION ALL
    SELECT c.created_at, 'credit_note', -c.amount, i.currency, s.prefix, c.number, '', i.id, c.id
    FROM billing_creditnote c JOIN billing_invoice i ON i.id = c.invoice_id
    JOIN billing_invoiceseries s ON s.id = c.series_id
    WHERE c.patient_id = %(patient)s
  UNION ALL
    SELECT p.received_at, 'payment', -p.amount, i.currency, s.prefix, i.number, p.method, i.id, p.id
    FROM billing_payment p JOIN billing_invoice i ON i.id = p.invoice_id
    JOIN billing_invoiceseries s ON s.id = i.series_id
    WHERE i.patient_id = %(patient)s AND p.status = 'completed'
  UNION ALL
    SELECT r.created_at, 'refund', r.amount, i.currency, s.prefix, i.number, r.method, i.id, r.id
    FROM billing_refund r JOIN billing_invoice i ON i.id = r.invoice_id
    JOIN billing_invoiceseries s ON s.id = i.series_id
    WHERE i.patient_id = %(patient)s
) AS moved WHERE moved.at < %(until)s ORDER BY moved.at, moved.pk
"""


class Kind(models.TextChoices):
    """What can move an account."""

    INVOICE = "invoice", _("Invoice %(number)s")
    CREDIT_NOTE = "credit_note", _("Credit note %(number)s")
    PAYMENT = "payment", _("Payment for %(number)s (%(how)s)")
    REFUND = "refund", _("Given back of %(number)s (%(how)s)")


class Move(NamedTuple):
    """One of them: `amount` is positive where the patient owes more by it."""

    at: datetime
    kind: str
    amount: Decimal
    currency: str
    prefix: str
    number: int
    method: str
    invoice_id: UUID
    pk: UUID

    @property
    def is_charge(self) -> bool:
        """Whether more is owed by it."""
        return self.amount > 0

    @property
    def size(self) -> Decimal:
        """How much it is, whichever way it goes."""
        return abs(self.amount)

    @property
    def what(self) -> str:
        """In words."""
        how = Method(self.method).label if self.method else ""
        return str(Kind(self.kind).label) % {"number": f"{self.prefix}{self.number:05d}", "how": how}


class Line(NamedTuple):
    """A move, and what is owed after it."""

    move: Move
    balance: Decimal


class Statement(NamedTuple):
    """An account of one patient in one currency, from the beginning of `first` to the end of `last`."""

    patient: PatientProfile
    first: date
    last: date
    currency: str
    opening: Decimal
    lines: list[Line]
    # What insurances are asked for today; nothing in a statement that ends before.
    insured: Decimal

    @property
    def closing(self) -> Decimal:
        """What is owed at the end of the last day."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def owed(self) -> Decimal:
        """What of it is the patient's."""
        return self.closing - self.insured

    @property
    def charged(self) -> Decimal:
        """What the invoices of the period come to, less its credit notes."""
        return self._sum(Kind.INVOICE, Kind.CREDIT_NOTE)

    @property
    def paid(self) -> Decimal:
        """What was paid in the period, less what was given back."""
        return -self._sum(Kind.PAYMENT, Kind.REFUND)

    def _sum(self, *kinds: str) -> Decimal:
        return sum((line.move.amount for line in self.lines if line.move.kind in kinds), NOTHING)


def statements_of(patient: PatientProfile, first: date, last: date) -> list[Statement]:
    """The patient's statement of the period; one for each currency, where the clinic has changed its own."""
    opening: dict[str, Decimal] = defaultdict(Decimal)
    within: dict[str, list[Move]] = {connection.tenant.currency: []}
    begins, insured = _midnight(first), _insured(patient) if last >= timezone.localdate() else {}
    for move in _moves(patient, _midnight(last + timedelta(days=1))):
        moves = within.setdefault(move.currency, [])
        if move.at < begins:
            opening[move.currency] += move.amount
        else:
            moves.append(move)
    return [
        Statement(
            patient,
            first,
            last,
            currency,
            opening[currency],
            list(_running(opening[currency], moves)),
            insured.get(currency, NOTHING),
        )
        for currency, moves in within.items()
    ]


def _insured(patient: PatientProfile) -> dict[str, Decimal]:
    """What is expected of insurances for the patient's invoices, by currency."""
    asked = Claim.objects.outstanding().filter(invoice__patient=patient).order_by()
    return dict(asked.values_list("invoice__currency").annotate(sum=Sum("outstanding")))


def _running(opening: Decimal, moves: list[Move]) -> Iterable[Line]:
    balance = opening
    for move in moves:
        balance += move.amount
        yield Line(move, balance)


def _moves(patient: PatientProfile, until: datetime) -> list[Move]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, {"patient": patient.pk, "until": until})
        return [Move(*row) for row in cursor.fetchall()]


def _midnight(day: date) -> datetime:
    """When the day begins by the clinic's clock."""
    return timezone.make_aware(datetime.combine(day, time.min))

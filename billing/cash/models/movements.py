"""What moved in a drawer; when cash is taken or given, the database itself writes it (migration 0002)."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import actor
from billing.books.models import BookEntry
from billing.cash.models.sessions import CashSession
from billing.models import Payment, Refund
from billing.wallets.models import LedgerEntry
from clinic.models import Entity, EntityQuerySet, one_of


class Kind(models.TextChoices):
    """Why there is more or less in the drawer."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Given back")
    WALLET = "wallet", _("Wallet")
    BOOK = "book", _("Books")
    VOIDED = "voided", _("Voided in the books")
    PUT_IN = "put_in", _("Put in")
    TAKEN_OUT = "taken_out", _("Taken out")


BY_HAND = (Kind.PUT_IN, Kind.TAKEN_OUT)
SOURCES = {
    Kind.PAYMENT: "payment",
    Kind.REFUND: "refund",
    Kind.WALLET: "entry",
    Kind.BOOK: "book_entry",
    Kind.VOIDED: "book_entry",
}


def _of_its_source() -> Q:
    """Each kind names its own source and no other; what is done by hand says why."""
    found = Q(kind__in=BY_HAND) & ~Q(reason="")
    for source in sorted(set(SOURCES.values())):
        found &= Q((source, None))
    for kind, own in SOURCES.items():
        named = Q(kind=kind)
        for source in sorted(set(SOURCES.values())):
            named &= Q((f"{source}__isnull", source != own))
        found |= named
    return found


class CashMovementQuerySet(EntityQuerySet):
    """Words for movements."""

    def with_sources(self) -> Self:
        """With who did it and whose money it was, in the same statement."""
        return self.select_related(
            *("moved_by", "payment__invoice__series", "refund__invoice__series"),
            *("entry__patient__member", "book_entry"),
        )


class CashMovement(Entity):
    """Cash that came into the drawer of an open session (positive) or left it (negative). Never changed."""

    Kind = Kind

    session = models.ForeignKey(
        CashSession, models.PROTECT, related_name="movements", db_index=False, verbose_name=_("cash session")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3)
    digits = models.PositiveSmallIntegerField(editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    moved_by = actor(_("by"))
    payment = models.OneToOneField(
        Payment,
        models.PROTECT,
        related_name="cash_movement",
        verbose_name=_("payment"),
        null=True,
        blank=True,
    )
    refund = models.OneToOneField(
        Refund, models.PROTECT, related_name="cash_movement", verbose_name=_("refund"), null=True, blank=True
    )
    entry = models.OneToOneField(
        LedgerEntry,
        models.PROTECT,
        related_name="cash_movement",
        verbose_name=_("entry of the wallet"),
        null=True,
        blank=True,
    )
    # Made by hand in the books, paid in cash; it may be voided there.
    book_entry = models.ForeignKey(
        BookEntry,
        models.PROTECT,
        related_name="cash_movements",
        verbose_name=_("entry of the books"),
        null=True,
        blank=True,
    )
    idempotency_key = models.CharField(max_length=64, unique=True, editable=False)

    objects: ClassVar = CashMovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash movement")
        verbose_name_plural = _("cash movements")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("kind", Kind, "cash_movement_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.PAYMENT, Kind.PUT_IN], amount__gt=0)
                | Q(kind__in=[Kind.REFUND, Kind.TAKEN_OUT], amount__lt=0)
                | Q(kind__in=[Kind.WALLET, Kind.BOOK, Kind.VOIDED]) & ~Q(amount=0),
                name="cash_movement_amount",
                violation_error_message=_("The amount must be more than nothing."),
            ),
            models.UniqueConstraint(fields=["book_entry", "kind"], name="cash_movement_booked_once"),
            models.CheckConstraint(
                condition=Q(amount=Round(F("amount"), precision=F("digits"))),  # type: ignore[arg-type]
                name="cash_movement_rounded",
                violation_error_message=_("The amount has more decimal places than the currency."),
            ),
            models.CheckConstraint(
                condition=_of_its_source(),
                name="cash_movement_source",
                violation_error_message=_("Say why the money is put in or taken out."),
            ),
        )
        indexes = (models.Index(fields=["session", "-created_at", "-id"], name="cash_movement_of_session"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

    @property
    def about(self) -> str:
        """What it was for, in its source's words or the reason's. Needs `with_sources`."""
        if self.entry:
            return self.entry.patient.member.name
        paid = self.payment or self.refund
        return str(paid.invoice if paid else self.book_entry or self.reason)

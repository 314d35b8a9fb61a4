"""Payments against invoices."""

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.money import SMALLEST
from clinic.states import Transitions


class Status(models.TextChoices):
    """Pending money is announced; only completed money counts."""

    PENDING = "pending", _("On its way")
    COMPLETED = "completed", _("Received")
    FAILED = "failed", _("Did not arrive")
    REFUNDED = "refunded", _("Refunded")


class Method(models.TextChoices):
    """How it was paid."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    TRANSFER = "transfer", _("Bank transfer")
    WALLET = "wallet", _("Wallet")
    ONLINE = "online", _("Online")
    INSURANCE = "insurance", _("Insurance")


# What the desk writes down itself; the others are written where they come from.
AT_THE_DESK = (Method.CASH, Method.CARD, Method.TRANSFER, Method.WALLET)

# The states of money that came in.
RECEIVED = (Status.COMPLETED, Status.REFUNDED)


class PaymentQuerySet(EntityQuerySet):
    """Words for payments."""

    def completed(self) -> Self:
        """Those that count: the money is here."""
        return self.filter(status=Payment.Status.COMPLETED)

    def pending(self) -> Self:
        """Those that were announced: the money is on its way."""
        return self.filter(status=Payment.Status.PENDING)


class Payment(Stateful, Entity):
    """Money received, or on its way, for one invoice (FHIR PaymentNotice)."""

    Status = Status
    Method = Method
    TRANSITIONS = Transitions(
        ("complete_payment", {Status.PENDING}, Status.COMPLETED),
        ("fail_payment", {Status.PENDING}, Status.FAILED),
    )

    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, related_name="payments", verbose_name=_("invoice")
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=3, validators=[MinValueValidator(SMALLEST)]
    )
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, default=Method.CASH)
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.COMPLETED)
    reference = models.CharField(
        _("reference"),
        max_length=100,
        blank=True,
    )
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    received_by = models.ForeignKey(
        Member,
        models.PROTECT,
        related_name="payments_received",
        verbose_name=_("taken by"),
        null=True,
        blank=True,
    )
    idempotency_key = models.CharField(max_length=64, unique=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("status", Status, "billing_payment_status"),
            one_of("method", Method, "billing_payment_method"),
            exactly_when("received_at", "status", RECEIVED, "billing_payment_received"),
            models.CheckConstraint(
                condition=~Q(method=Method.WALLET) | Q(status__in=RECEIVED),
                name="billing_payment_wallet_at_once",
                violation_error_message=_("What is in the wallet is paid at once."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="billing_payment_amount",
                violation_error_message=_("A payment must be more than nothing."),
            ),
            # What a refund's own copy of `invoice` refers to.
            models.UniqueConstraint(fields=["id", "invoice"], name="billing_payment_invoice_key"),
        )
        indexes = (models.Index(fields=["-received_at"], name="billing_payment_latest"),)

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.amount}"

    @property
    def receipt_number(self) -> str:
        """By what its receipt is known: the last ten digits of the key, which are drawn at random."""
        digits = self.pk.hex[-10:].upper()
        return f"R-{digits[:5]}-{digits[5:]}"

"""Payments on their way through a provider."""

from datetime import datetime
from typing import ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from billing.links import PAY, token_of
from billing.models import Invoice, Payment
from billing.online.models.providers import PaymentProvider
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.money import NOTHING, SMALLEST
from clinic.states import Transitions


class Status(models.TextChoices):
    """Only what the provider has confirmed counts."""

    CREATED = "created", _("Being opened")
    PENDING = "pending", _("Not paid yet")
    SUCCEEDED = "succeeded", _("Paid")
    FAILED = "failed", _("Not paid")
    EXPIRED = "expired", _("Lapsed")


LIVE = (Status.CREATED, Status.PENDING)


class OnlinePaymentQuerySet(EntityQuerySet):
    """Words for online payments."""

    def visible_to(self, member: Member | None) -> Self:
        """What `member` may see: the desk all, a patient the own."""
        if member and member.may("online.online_payment_list"):
            return self.all()
        if member and member.may("billing.portal_invoices"):
            return self.filter(patient_id=member.pk)
        return self.none()

    def live(self) -> Self:
        """Those that may still be paid and that nobody has to look into."""
        return self.filter(status__in=LIVE, problem="")

    def to_ask_about(self, before: datetime) -> Self:
        """Those whose provider was not heard of since `before`."""
        return self.live().filter(Q(asked_at=None, created_at__lt=before) | Q(asked_at__lt=before))

    def with_people(self) -> Self:
        """Provider, invoice and patient come along in the same statement."""
        return self.select_related("provider", "invoice__series", "patient__member")


class OnlinePayment(Stateful, Entity):
    """One attempt to pay an invoice through a provider; when it succeeds it is one payment of the invoice."""

    Status = Status
    TRANSITIONS = Transitions(
        ("open_checkout", {Status.CREATED}, Status.PENDING),
        # Money is never turned away: what arrives after all counts, however it looked before.
        (
            "settle_online_payment",
            {Status.CREATED, Status.PENDING, Status.FAILED, Status.EXPIRED},
            Status.SUCCEEDED,
        ),
        ("fail_online_payment", {Status.CREATED, Status.PENDING}, Status.FAILED),
        ("expire_online_payment", {Status.CREATED, Status.PENDING}, Status.EXPIRED),
    )

    provider = models.ForeignKey(
        PaymentProvider, models.PROTECT, related_name="payments", verbose_name=_("provider")
    )
    # Ours, by which the provider names the payment to us; and the provider's own two.
    reference = models.CharField(_("reference"), max_length=64, editable=False)
    their_reference = models.CharField(_("provider's reference"), max_length=255, blank=True)
    their_payment = models.CharField(_("provider's payment"), max_length=255, blank=True)
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="online_payments", verbose_name=_("invoice")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=3, validators=[MinValueValidator(SMALLEST)]
    )
    digits = models.PositiveSmallIntegerField(editable=False)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.CREATED)
    checkout_url = models.TextField(blank=True, editable=False)
    expires_at = models.DateTimeField(_("to be paid until"), editable=False)
    asked_at = models.DateTimeField(_("provider last asked"), null=True, blank=True, editable=False)
    succeeded_at = models.DateTimeField(_("paid"), null=True, blank=True)
    payment = models.OneToOneField(
        Payment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="online_payment",
        verbose_name=_("payment of the invoice"),
    )
    to_wallet = models.DecimalField(_("into the wallet"), max_digits=14, decimal_places=3, default=NOTHING)
    # What somebody of the desk has to look into, or why it failed; in a sentence.
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    idempotency_key = models.CharField(max_length=64, unique=True, editable=False)

    objects: ClassVar = OnlinePaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("online payment")
        verbose_name_plural = _("online payments")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("status", Status, "online_payment_status"),
            exactly_when("succeeded_at", "status", [Status.SUCCEEDED], "online_payment_succeeded"),
            models.UniqueConstraint(fields=["provider", "reference"], name="online_payment_reference"),
            models.UniqueConstraint(
                fields=["provider", "their_reference"],
                condition=~Q(their_reference=""),
                name="online_payment_their_reference",
            ),
            # Two tabs pay one and the same.
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(status__in=LIVE, problem=""),
                name="online_payment_one_at_a_time",
                violation_error_message=_("This invoice is being paid online at this moment."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount=Round(F("amount"), precision=F("digits"))),  # type: ignore[arg-type]
                name="online_payment_amount",
                violation_error_message=_("The amount has more decimal places than the currency."),
            ),
            models.CheckConstraint(
                condition=Q(to_wallet__gte=0) & (Q(to_wallet=0, payment=None) | Q(status=Status.SUCCEEDED)),
                name="online_payment_counts_when_paid",
                violation_error_message=_("Only what was paid counts."),
            ),
        )
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="online_payment_latest"),
            models.Index(fields=["status"], condition=Q(status__in=LIVE), name="online_payment_live"),
        )

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.amount}"

    def get_absolute_url(self) -> str:
        """The page that says what becomes of it, for whoever pays: it is the provider's way back to us."""
        return reverse("online:online_payment", args=[token_of("online", self.pk)])

    @property
    def pay_link(self) -> str:
        """The page on which its invoice is paid."""
        return reverse("online:pay_invoice", args=[token_of(PAY, self.invoice_id)])

    @property
    def is_live(self) -> bool:
        """Whether it may still be paid."""
        return self.status in LIVE

    @property
    def is_unclear(self) -> bool:
        """Whether somebody has to look into it."""
        return self.is_live and bool(self.problem)

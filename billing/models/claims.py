"""What insurances are asked to pay of invoices (FHIR Claim, ClaimResponse)."""

from decimal import Decimal
from typing import Any, NamedTuple, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import actor
from billing.insurance.models import Payer, Policy
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.money import NOTHING, SMALLEST
from clinic.states import Transitions


class Status(models.TextChoices):
    """Where the payer's part stands."""

    DRAFT = "draft", _("To be sent")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    PAID = "paid", _("Paid")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# As long as it is in one of these, the payer's part is not the patient's.
OUTSTANDING = (Status.DRAFT, Status.SENT, Status.ACCEPTED)
# What is over: the same policy may then be asked again.
GIVEN_UP = (Status.REJECTED, Status.WITHDRAWN)
HANDED_IN = (Status.SENT, Status.ACCEPTED, Status.REJECTED, Status.PAID)
DECIDED = (Status.ACCEPTED, Status.REJECTED, Status.PAID)
AGREED = (Status.ACCEPTED, Status.PAID)


class Split(NamedTuple):
    """Who pays how much of an invoice: claims with their payers' parts, and what is left for the patient."""

    claims: list["Claim"]
    patient: Decimal


class ClaimQuerySet(EntityQuerySet):
    """Words for claims."""

    def visible_to(self, member: Member | None) -> Self:
        """What `member` may see: the desk all. A patient sees them on the own invoices."""
        return self.all() if member and member.may("billing.claim_list") else self.none()

    def of(self, invoice: Any) -> Split:
        """How an invoice that is `with_paid` is split; withdrawn claims do not show."""
        claims = self.filter(invoice=invoice).exclude(status=Status.WITHDRAWN)
        claims = claims.select_related("payer", "policy", "payment").prefetch_related("payment__refunds")
        found: list[Any] = list(claims.order_by("policy__priority", "created_at"))
        parts = sum((claim.part for claim in found), NOTHING)
        return Split(found, invoice.total - invoice.credited - parts)

    def outstanding(self) -> Self:
        """Those for which money may still come."""
        return self.filter(status__in=OUTSTANDING)

    def with_people(self) -> Self:
        """Patient, payer, policy and the invoice's number come along in the same statement."""
        return self.select_related("patient__member", "payer", "policy", "invoice__series")

    def totals(self, currency: str) -> dict[str, Decimal]:
        """What these come to in `currency`, by state: asked for, and agreed where that was decided."""
        agreed = Case(When(status__in=AGREED, then=F("accepted_amount")), default=F("amount"))
        sums = {
            state.value: Sum(agreed, filter=Q(status=state, invoice__currency=currency), default=NOTHING)
            for state in Status
        }
        return self.order_by().aggregate(**sums)


class Claim(Stateful, Entity):
    """The part of one invoice that a payer is asked for. Once it is made it keeps its amount."""

    Status = Status
    TRANSITIONS = Transitions(
        ("send_claim", {Status.DRAFT}, Status.SENT),
        ("withdraw_claim", {Status.DRAFT}, Status.WITHDRAWN),
        ("accept_claim", {Status.SENT}, Status.ACCEPTED),
        ("reject_claim", {Status.SENT, Status.ACCEPTED}, Status.REJECTED),
        ("pay_claim", {Status.ACCEPTED}, Status.PAID),
    )

    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, related_name="claims", verbose_name=_("invoice")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="claims", verbose_name=_("policy"))
    payer = models.ForeignKey(
        Payer, models.PROTECT, related_name="claims", editable=False, verbose_name=_("insurance")
    )
    amount = models.DecimalField(
        _("asked for"), max_digits=14, decimal_places=3, validators=[MinValueValidator(SMALLEST)]
    )
    digits = models.PositiveSmallIntegerField(editable=False)
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    accepted_amount = models.DecimalField(
        _("will be paid"), max_digits=14, decimal_places=3, null=True, blank=True
    )
    # What is still expected of the payer, and so not of the patient. The one place that says so.
    outstanding = models.GeneratedField(
        expression=Case(
            When(status__in=[Status.DRAFT, Status.SENT], then=F("amount")),
            When(status=Status.ACCEPTED, then=F("accepted_amount")),
            default=NOTHING,
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=3),
        db_persist=True,
        verbose_name=_("outstanding"),
    )
    reason = models.CharField(_("what the insurance says"), max_length=500, blank=True)
    made_by = actor(_("made by"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_by = actor(_("sent by"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = actor(_("decision entered by"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    payment = models.OneToOneField(
        "billing.Payment",
        models.PROTECT,
        related_name="claim",
        null=True,
        blank=True,
        verbose_name=_("payment"),
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("status", Status, "billing_claim_status"),
            exactly_when("sent_at", "status", HANDED_IN, "billing_claim_sent"),
            exactly_when("decided_at", "status", DECIDED, "billing_claim_decided"),
            exactly_when("accepted_amount", "status", AGREED, "billing_claim_agreed"),
            exactly_when("payment", "status", [Status.PAID], "billing_claim_paid"),
            exactly_when("withdrawn_at", "status", [Status.WITHDRAWN], "billing_claim_withdrawn"),
            models.UniqueConstraint(
                fields=["invoice", "policy"],
                condition=~Q(status__in=GIVEN_UP),
                name="billing_claim_once",
                violation_error_message=_("This insurance was already asked for its part of the invoice."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="billing_claim_amount",
                violation_error_message=_("A claim must be about more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(amount=Round(F("amount"), precision=F("digits")))  # type: ignore[arg-type]
                & (
                    Q(accepted_amount__isnull=True)
                    | Q(accepted_amount=Round(F("accepted_amount"), precision=F("digits")))  # type: ignore[arg-type]
                ),
                name="billing_claim_rounded",
                violation_error_message=_("The amount has more decimal places than the currency."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_amount__isnull=True)
                | Q(accepted_amount__gt=0, accepted_amount__lte=F("amount")),
                name="billing_claim_accepted_part",
                violation_error_message=_("An insurance accepts what it was asked for, or less."),
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(status="rejected") & (Q(accepted_amount__isnull=True) | Q(accepted_amount=F("amount")))
                )
                | ~Q(reason=""),
                name="billing_claim_reason",
                violation_error_message=_("Write down why the insurance pays less, or nothing."),
            ),
        )
        indexes = (models.Index(fields=["payer", "status"], name="billing_claim_of_payer"),)

    def __str__(self) -> str:
        return f"{self.payer}, {self.invoice}"

    @property
    def agreed(self) -> Decimal:
        """What the payer will pay or has paid, where it has decided; before that what it was asked for."""
        return self.amount if self.accepted_amount is None else self.accepted_amount

    @property
    def part(self) -> Decimal:
        """What of the invoice is the payer's: what is agreed less what was given back; rejected, nothing."""
        if self.status in GIVEN_UP:
            return NOTHING
        back = self.payment.refunds.all() if self.payment else ()
        return self.agreed - sum((refund.amount for refund in back), NOTHING)

    @property
    def is_outstanding(self) -> bool:
        """Whether money may still come."""
        return self.status in OUTSTANDING

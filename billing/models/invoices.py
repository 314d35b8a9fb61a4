"""Invoices.

Money is Decimal with three places, which holds every currency of ISO 4217; `digits` says how many of them the
invoice's currency has, and every amount stored is rounded to that.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from billing.models.claims import Claim
from billing.models.credits import CreditNote, Refund
from billing.models.payments import Payment
from billing.models.series import InvoiceSeries
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.money import NOTHING
from clinic.states import Transitions
from records.models import Consultation


class Status(models.TextChoices):
    """The states of FHIR's invoice-status that we use."""

    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    BALANCED = "balanced", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")


# The states of what was handed out.
NUMBERED = (Status.ISSUED, Status.BALANCED)
# So long a consultation waits for its invoice before nobody is reminded of it any more.
FORGOTTEN_AFTER = timedelta(days=30)
# The moment by which lists are in order: a draft stands where it was begun, an invoice where it was issued.
SINCE = Coalesce("issued_at", "created_at")


def _sum(rows: models.QuerySet, what: str = "amount") -> Any:
    """What the rows of the outer invoice come to."""
    own = rows.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    return Coalesce(Subquery(own.annotate(sum=Sum(what)).values("sum")), NOTHING)


class InvoiceQuerySet(EntityQuerySet):
    """Words for invoices."""

    def visible_to(self, member: Member | None) -> Self:
        """What `member` may see: the desk all, a patient the own once they are issued."""
        if member and member.may("billing.invoice_list"):
            return self.all()
        if member and member.may("billing.portal_invoices"):
            return self.for_patient(member.pk).issued()
        return self.none()

    def for_patient(self, patient_id: Any) -> Self:
        """The invoices of one patient."""
        return self.filter(patient=patient_id)

    def issued(self) -> Self:
        """Those that were handed out."""
        return self.filter(status__in=NUMBERED)

    def overdue(self, today: date) -> Self:
        """Those of which the patient still owes something after the day they were due."""
        late = self.filter(status=Invoice.Status.ISSUED, due_on__lt=today)
        return late.with_paid().filter(payable__gt=0)

    def with_people(self) -> Self:
        """Patient, series and doctor come along in the same statement."""
        return self.select_related("patient__member", "series", "consultation__doctor__member")

    def with_paid(self) -> Self:
        """What was paid (and not given back), what was credited and what is open come along.

        Of what is open, insurances are asked for what is `claimed`; the patient pays what is `payable`.
        """
        sums = {
            "paid": _sum(Payment.objects.completed()) - _sum(Refund.objects.all()),
            "credited": _sum(CreditNote.objects.all()),
            "claimed": _sum(Claim.objects.all(), "outstanding"),
        }
        summed = self.annotate(**sums).annotate(open=F("total") - F("credited") - F("paid"))
        return summed.annotate(payable=F("open") - F("claimed"))

    def totals(self, currency: str) -> dict[str, Any]:
        """What all of them come to in `currency`: `invoiced`, `received`, `outstanding`, of it `insured`."""
        handed_out = Q(currency=currency, status__in=NUMBERED)
        return self.with_paid().aggregate(
            invoiced=Sum(F("total") - F("credited"), filter=handed_out, default=NOTHING),
            received=Sum("paid", filter=handed_out, default=NOTHING),
            outstanding=Sum("open", filter=handed_out, default=NOTHING),
            insured=Sum("claimed", filter=handed_out, default=NOTHING),
        )

    def search(self, text: str) -> Self:
        """Those whose number ends in `text`, or whose patient it may mean."""
        words = text.strip()
        if not words:
            return self
        found = Q(patient__in=PatientProfile.objects.search(words))
        digits = words.rpartition("-")[2]
        return self.filter(found | Q(number=int(digits[:9])) if digits.isdecimal() else found)


def uninvoiced(since: datetime) -> models.QuerySet[Consultation]:
    """Finished consultations begun since then that have no invoice, nor has their appointment; latest first.

    By doctor, because that is how consultations are indexed.
    """
    invoices = Invoice.objects.exclude(status=Status.CANCELLED)
    theirs = Q(consultation=OuterRef("pk")) | Q(appointment=OuterRef("appointment"))
    finished = Consultation.objects.signed().filter(doctor__in=DoctorProfile.objects.all())
    return finished.filter(~Exists(invoices.filter(theirs)), started_at__gte=since).with_people()


class Invoice(Stateful, Entity):
    """What a patient owes for something (FHIR Invoice)."""

    Status = Status
    TRANSITIONS = Transitions(
        ("issue_invoice", {Status.DRAFT}, Status.ISSUED),
        ("balance_invoice", {Status.ISSUED}, Status.BALANCED),
        ("cancel_invoice", {Status.DRAFT}, Status.CANCELLED),
    )

    series = models.ForeignKey(
        InvoiceSeries,
        models.PROTECT,
        related_name="invoices",
        verbose_name=_("series"),
        null=True,
        blank=True,
    )
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="invoices", verbose_name=_("patient")
    )
    appointment = models.ForeignKey(
        "scheduling.Appointment",
        models.PROTECT,
        related_name="invoices",
        verbose_name=_("appointment"),
        null=True,
        blank=True,
    )
    consultation = models.ForeignKey(
        "records.Consultation",
        models.PROTECT,
        related_name="invoices",
        verbose_name=_("consultation"),
        null=True,
        blank=True,
    )
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    currency = models.CharField(_("currency"), max_length=3)
    digits = models.PositiveSmallIntegerField(_("places of the currency"), editable=False)
    tax_inclusive = models.BooleanField(_("prices include the tax"), editable=False)
    tax = models.DecimalField(_("tax"), max_digits=14, decimal_places=3, default=NOTHING)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=3, default=NOTHING)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    notes = models.TextField(_("note on the invoice"), blank=True)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    issued_by = models.ForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("issued by"), null=True, blank=True
    )
    balanced_at = models.DateTimeField(_("paid"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("cancelled by"), null=True, blank=True
    )
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=500, blank=True)

    # Only on rows that are `with_paid`.
    paid: Decimal
    credited: Decimal
    open: Decimal
    claimed: Decimal
    payable: Decimal

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = (SINCE.desc(), "-id")
        constraints = (
            one_of("status", Status, "billing_invoice_status"),
            exactly_when("number", "status", NUMBERED, "billing_invoice_numbered"),
            exactly_when("series", "status", NUMBERED, "billing_invoice_in_series"),
            exactly_when("issued_at", "status", NUMBERED, "billing_invoice_issued"),
            exactly_when("due_on", "status", NUMBERED, "billing_invoice_due"),
            exactly_when("balanced_at", "status", [Status.BALANCED], "billing_invoice_balanced"),
            exactly_when("cancelled_at", "status", [Status.CANCELLED], "billing_invoice_cancelled"),
            models.UniqueConstraint(fields=["series", "number"], name="billing_invoice_number_once"),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=~Q(status="cancelled"),
                name="billing_invoice_consultation_once",
                violation_error_message=_("This consultation already has an invoice."),
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=~Q(status="cancelled"),
                name="billing_invoice_appointment_once",
                violation_error_message=_("This appointment already has an invoice."),
            ),
            # What a credit note's own copy of `digits` refers to.
            models.UniqueConstraint(fields=["id", "digits"], name="billing_invoice_digits"),
            # What a line's own copies refer to.
            models.UniqueConstraint(fields=["id", "digits", "tax_inclusive"], name="billing_invoice_terms"),
            models.UniqueConstraint(fields=["id", "patient"], name="billing_invoice_patient_key"),
            models.CheckConstraint(condition=Q(digits__lte=3), name="billing_invoice_places"),
            models.CheckConstraint(condition=Q(total__gte=0), name="billing_invoice_total"),
            models.CheckConstraint(condition=Q(tax__gte=0, tax__lte=F("total")), name="billing_invoice_tax"),
        )
        indexes = (
            models.Index(fields=["status", "due_on"], name="billing_invoice_open"),
            models.Index(SINCE.desc(), F("id").desc(), name="billing_invoice_newest"),
        )

    def __str__(self) -> str:
        return self.reference or str(_("Draft invoice"))

    def get_absolute_url(self) -> str:
        """The desk's page of the invoice."""
        return reverse("billing:invoice", args=[self.pk])

    @property
    def reference(self) -> str:
        """The number as people write it; empty before the invoice is issued. Needs `series` loaded."""
        return f"{self.series.prefix}{self.number:05d}" if self.series and self.number else ""

    @property
    def net(self) -> Decimal:
        """The total without the tax in it."""
        return self.total - self.tax

    @property
    def is_overdue(self) -> bool:
        """Whether the patient still owes something after the day it was due, by the clinic's calendar.

        Only on rows that are `with_paid`.
        """
        return (
            self.status == self.Status.ISSUED
            and self.due_on is not None
            and self.due_on < timezone.localdate()
            and self.payable > NOTHING
        )

    @property
    def awaits_insurance(self) -> bool:
        """Whether all that is open is expected of insurances. Only on rows that are `with_paid`."""
        return self.takes_payment and self.claimed > NOTHING >= self.payable

    @property
    def is_credited(self) -> bool:
        """Whether credit notes took all of it off. Only on rows that are `with_paid`."""
        return bool(self.credited) and self.credited == self.total

    @property
    def overpaid(self) -> Decimal:
        """What was paid and is not owed any more. Only on rows that are `with_paid`."""
        return max(-self.open, NOTHING)

    @property
    def takes_payment(self) -> bool:
        """Whether something may be paid on it."""
        return "balance_invoice" in self.verbs

    @property
    def is_correctable(self) -> bool:
        """Whether a credit note may take something off it."""
        return self.status in NUMBERED

    @property
    def is_editable(self) -> bool:
        """Whether its lines may still change."""
        return "issue_invoice" in self.verbs

"""What corrects an issued invoice: the credit note takes of what is owed, the refund gives money back."""

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import actor
from billing.models.payments import Method, Payment
from clinic.models import Entity, EntityQuerySet, one_of
from clinic.money import NOTHING, SMALLEST


class CreditNoteQuerySet(EntityQuerySet):
    """Words for credit notes."""

    def visible_to(self, member: Member | None) -> Self:
        """What `member` may see: the desk all, a patient the own."""
        if member and member.may("billing.invoice_list"):
            return self.all()
        if member and member.may("billing.portal_invoices"):
            return self.filter(patient_id=member.pk)
        return self.none()

    def with_people(self) -> Self:
        """Series, patient and the invoice's number come along in the same statement."""
        return self.select_related("series", "patient__member", "invoice__series")


class CreditNote(Entity):
    """Takes an amount off an issued invoice, numbered in a series of its own. Never changed."""

    series = models.ForeignKey(
        "billing.InvoiceSeries", models.PROTECT, related_name="credit_notes", verbose_name=_("series")
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, related_name="credit_notes", verbose_name=_("invoice")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=3, validators=[MinValueValidator(SMALLEST)]
    )
    # The share of the invoice's tax in it: of all its credit notes together, to the nearest coin.
    tax = models.DecimalField(
        _("tax in it"), max_digits=14, decimal_places=3, default=NOTHING, editable=False
    )
    digits = models.PositiveSmallIntegerField(editable=False)
    reason = models.CharField(_("reason"), max_length=500)
    issued_by = actor(_("issued by"))
    idempotency_key = models.CharField(max_length=64, unique=True, editable=False)

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["series", "number"], name="billing_credit_number_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="billing_credit_amount",
                violation_error_message=_("A credit note must be about more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(amount=Round(F("amount"), precision=F("digits"))),  # type: ignore[arg-type]
                name="billing_credit_rounded",
                violation_error_message=_("The amount has more decimal places than the currency."),
            ),
            models.CheckConstraint(
                condition=Q(tax__gte=0, tax__lte=F("amount")),
                name="billing_credit_tax",
                violation_error_message=_("The tax in a credit note is a part of it."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="billing_credit_reason",
                violation_error_message=_("Say why the invoice is credited."),
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number as people write it. Needs `series` loaded."""
        return f"{self.series.prefix}{self.number:05d}"


class Refund(Entity):
    """Money of a payment given back, the way it came or into the patient's wallet. Never changed."""

    Method = Method

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, related_name="refunds", editable=False, verbose_name=_("invoice")
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=3, validators=[MinValueValidator(SMALLEST)]
    )
    method = models.CharField(_("method"), max_length=12, choices=Method.choices)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    refunded_by = actor(_("given back by"))
    idempotency_key = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("method", Method, "billing_refund_method"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="billing_refund_amount",
                violation_error_message=_("A refund must be more than nothing."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.amount}"

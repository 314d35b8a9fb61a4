"""Payers, and the policies by which they pay a part of what their members are invoiced (FHIR Coverage).

Money is Decimal in the clinic's currency. What a payer was asked for is a claim of `billing`, which keeps its
own copy of the amount: to change a policy changes no claim.
"""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from clinic.models import Entity, EntityQuerySet
from clinic.money import NOTHING, SMALLEST, rounded
from clinic.templatetags.clinic import money

ALL = Decimal(100)


class PayerQuerySet(EntityQuerySet):
    """Words for payers."""

    def active(self) -> Self:
        """Those with whom new policies are written down."""
        return self.filter(is_active=True)


class Payer(Entity):
    """An insurance, an employer, the state: whoever pays for patients (FHIR Organization, "payer")."""

    name = models.CharField(
        _("name"),
        max_length=120,
        unique=True,
        error_messages={"unique": _("There is already an insurance with this name.")},
    )
    number = models.CharField(
        _("number"),
        max_length=40,
        blank=True,
        help_text=_("The number by which the insurance is known, or the clinic's number with it."),
    )
    contact = models.TextField(
        _("address"),
        max_length=500,
        blank=True,
        help_text=_("Where claims are sent, and whom to call. It stands on the list of claims."),
    )
    is_active = models.BooleanField(_("in use"), default=True, editable=False)

    objects: ClassVar = PayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("insurance")
        verbose_name_plural = _("insurances")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="insurance_payer_name",
                violation_error_message=_("Give the insurance a name."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class PolicyQuerySet(EntityQuerySet):
    """Words for policies."""

    def visible_to(self, member: Member) -> Self:
        """Those of patients whom the desk looks after; nobody else's business."""
        return self if member.may("insurance.policy_list") else self.none()

    def for_patient(self, patient_id: Any) -> Self:
        """The policies of one patient, in the order in which they pay."""
        return self.filter(patient=patient_id).order_by("priority", "created_at", "id")

    def valid_on(self, day: date) -> Self:
        """Those that hold on `day`, with payers that are in use."""
        ends = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        return self.filter(ends, valid_from__lte=day, payer__is_active=True)

    def with_payer(self) -> Self:
        """The payer comes along in the same statement."""
        return self.select_related("payer")


class Policy(Entity):
    """What a payer covers for one patient: a share of each invoice, or an amount of each."""

    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="policies", editable=False, verbose_name=_("patient")
    )
    payer = models.ForeignKey(Payer, models.PROTECT, related_name="policies", verbose_name=_("insurance"))
    member_number = models.CharField(_("member number"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Leave this empty when no end is known.")
    )
    percent = models.DecimalField(
        _("covers, in percent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(ALL)],
    )
    fixed = models.DecimalField(
        _("or an amount of each invoice"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(SMALLEST)],
    )
    maximum = models.DecimalField(
        _("at most, of each invoice"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(SMALLEST)],
    )
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    digits = models.PositiveSmallIntegerField(_("places of the currency"), editable=False)
    priority = models.PositiveSmallIntegerField(
        _("order"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("Who has two insurances: 1 pays first, 2 pays of what is left."),
    )

    objects: ClassVar = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ("patient", "priority", "created_at")
        constraints = (
            models.UniqueConstraint(
                fields=["patient", "payer", "valid_from"],
                name="insurance_policy_once",
                violation_error_message=_(
                    "This patient already has a policy of this insurance from this day on."
                ),
            ),
            # What a claim's own copies of `patient` and `payer` refer to.
            models.UniqueConstraint(fields=["id", "patient"], name="insurance_policy_patient_key"),
            models.UniqueConstraint(fields=["id", "payer"], name="insurance_policy_payer_key"),
            models.CheckConstraint(
                condition=~Q(member_number=""),
                name="insurance_policy_member_number",
                violation_error_message=_("Write down the member number."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="insurance_policy_ends_after_it_begins",
                violation_error_message=_("A policy ends on the day it begins, or later."),
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, fixed__isnull=True)
                | Q(percent__isnull=True, fixed__isnull=False),
                name="insurance_policy_one_kind",
                violation_error_message=_("Say either how many percent are covered, or which amount."),
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gt=0, percent__lte=100),
                name="insurance_policy_percent",
                violation_error_message=_("The share must be more than 0 and at most 100 percent."),
            ),
            models.CheckConstraint(
                condition=(Q(fixed__isnull=True) | Q(fixed__gt=0))
                & (Q(maximum__isnull=True) | Q(maximum__gt=0)),
                name="insurance_policy_amounts",
                violation_error_message=_("The amount must be more than nothing."),
            ),
            models.CheckConstraint(
                condition=(Q(fixed__isnull=True) | Q(fixed=Round(F("fixed"), precision=F("digits"))))  # type: ignore[arg-type]
                & (Q(maximum__isnull=True) | Q(maximum=Round(F("maximum"), precision=F("digits")))),  # type: ignore[arg-type]
                name="insurance_policy_rounded",
                violation_error_message=_("The amount has more decimal places than the currency."),
            ),
            models.CheckConstraint(condition=Q(digits__lte=3), name="insurance_policy_places"),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=9),
                name="insurance_policy_priority",
                violation_error_message=_("The order is a number from 1 to 9."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.payer}, {self.member_number}"

    def get_absolute_url(self) -> str:
        """The page on which it is changed."""
        return reverse("insurance:update_policy", args=[self.pk])

    def covers(self, total: Decimal) -> Decimal:
        """The payer's part of an invoice of `total`.

        The percentage of it, rounded half up to the currency, or the fixed amount; at most the policy's
        maximum, and never more than `total` itself.
        """
        share = self.fixed if self.percent is None else rounded(total * self.percent / ALL, self.digits)
        limits = [total] if self.maximum is None else [total, self.maximum]
        return max(min(share or NOTHING, *limits), NOTHING)

    @property
    def coverage(self) -> str:
        """What it covers, in words: "80 %, at most ₦50,000.00"."""
        if self.percent is None:
            words = money(self.fixed, self.currency)
        else:
            words = _now("%(share)s %%") % {"share": f"{self.percent:f}".rstrip("0").rstrip(".")}
        if self.maximum is None:
            return words
        limit = {"share": words, "limit": money(self.maximum, self.currency)}
        return _now("%(share)s, at most %(limit)s") % limit

    def is_valid_on(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def is_valid_today(self) -> bool:
        """Whether it holds on the clinic's present day."""
        return self.is_valid_on(timezone.localdate())

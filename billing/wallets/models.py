"""A patient's money with the clinic: a wallet, and the ledger that says how it came to its balance.

Money is Decimal in the clinic's currency. The ledger is append-only; what a wallet holds is what its last
entry says, and the database refuses everything else (migration 0002).
"""

from typing import ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet, one_of
from clinic.money import NOTHING


class WalletQuerySet(EntityQuerySet):
    """Words for wallets."""

    def visible_to(self, member: Member) -> Self:
        """Every wallet for the desk; for a patient the own."""
        return self if member.may("wallets.wallet_list") else self.filter(patient_id=member.pk)


class Wallet(Entity):
    """What a patient has paid in and not used (FHIR Account)."""

    patient = models.OneToOneField(
        PatientProfile, models.PROTECT, related_name="wallet", verbose_name=_("patient")
    )
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    digits = models.PositiveSmallIntegerField(_("places of the currency"), editable=False)
    # Both are those of the last entry; 0 before the first.
    balance = models.DecimalField(
        _("balance"), max_digits=14, decimal_places=3, default=NOTHING, editable=False
    )
    last_number = models.PositiveIntegerField(_("entries"), default=0, editable=False)

    objects: ClassVar = WalletQuerySet.as_manager()

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(balance__gte=0),
                name="wallet_never_negative",
                violation_error_message=_("There is not so much in the wallet."),
            ),
            models.CheckConstraint(condition=Q(digits__lte=3), name="wallet_places"),
            # What an entry's own copies of `digits` and `patient` refer to.
            models.UniqueConstraint(fields=["id", "digits"], name="wallet_digits"),
            models.UniqueConstraint(fields=["id", "patient"], name="wallet_patient_key"),
        )

    def __str__(self) -> str:
        return str(self.patient)

    def get_absolute_url(self) -> str:
        """The desk's page of the wallet."""
        return reverse("wallets:wallet", args=[self.patient_id])


class Kind(models.TextChoices):
    """Why the balance changed."""

    CREDIT = "credit", _("Money in")
    DEBIT = "debit", _("Money out")
    REFUND = "refund", _("Refund")
    ADJUSTMENT = "adjustment", _("Correction")


class Method(models.TextChoices):
    """How money came in from outside, or went out."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    TRANSFER = "transfer", _("Bank transfer")
    ONLINE = "online", _("Online")


# What the desk writes down itself; what comes online is written where it comes from.
AT_THE_DESK = (Method.CASH, Method.CARD, Method.TRANSFER)


class LedgerEntryQuerySet(EntityQuerySet):
    """Words for entries."""

    def latest_first(self) -> Self:
        """The last one first, with who entered it and, of a transfer, from whom or to whom it went."""
        return self.select_related("entered_by", "other__member").order_by("-number")


class LedgerEntry(Entity):
    """One change of a wallet's balance. It stays as it is: what was wrong is corrected by another one."""

    Kind = Kind
    Method = Method

    wallet = models.ForeignKey(
        Wallet, models.PROTECT, related_name="entries", db_index=False, verbose_name=_("wallet")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    # What comes in is positive, what goes out negative.
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3)
    balance_after = models.DecimalField(
        _("balance after it"), max_digits=14, decimal_places=3, validators=[MinValueValidator(NOTHING)]
    )
    digits = models.PositiveSmallIntegerField(editable=False)
    method = models.CharField(_("how"), max_length=12, choices=Method.choices, blank=True)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # Of a transfer: whose wallet the money came from or went to.
    other = models.ForeignKey(
        PatientProfile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("other person"),
    )
    # The payment or refund of an invoice that it belongs to.
    about_id = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    entered_by = actor(_("entered by"))
    idempotency_key = models.CharField(max_length=100, unique=True, editable=False)

    objects: ClassVar = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the ledger")
        verbose_name_plural = _("entries of the ledger")
        ordering = ("wallet", "number")
        constraints = (
            one_of("kind", Kind, "ledger_entry_kind"),
            models.CheckConstraint(
                condition=Q(method__in=["", *Method.values]),
                name="ledger_entry_method",
                violation_error_message=_("Choose one of the values offered."),
            ),
            models.UniqueConstraint(fields=["wallet", "number"], name="ledger_entry_number"),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.CREDIT, Kind.REFUND], amount__gt=0)
                | Q(kind=Kind.DEBIT, amount__lt=0)
                | (Q(kind=Kind.ADJUSTMENT) & ~Q(amount=0) & ~Q(reason="")),
                name="ledger_entry_amount",
                violation_error_message=_("The amount must be more than nothing; a correction says why."),
            ),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0),
                name="ledger_entry_never_negative",
                violation_error_message=_("There is not so much in the wallet."),
            ),
            models.CheckConstraint(
                condition=Q(amount=Round(F("amount"), precision=F("digits"))),  # type: ignore[arg-type]
                name="ledger_entry_rounded",
                violation_error_message=_("The amount has more decimal places than the currency."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

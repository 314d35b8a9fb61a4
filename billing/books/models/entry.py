"""Entries of the books, and the receipts that belong to them."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Round
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from accounts.members.models.member import actor
from billing.books.models.category import Category, Kind, System
from billing.models import Invoice, Payment, Refund
from billing.models.payments import Method
from clinic.models import Entity, EntityQuerySet, one_of
from clinic.money import NOTHING, SMALLEST
from records.documents.models import StoredFile

# A year typed wrongly shows.
EARLIEST = date(2000, 1, 1)
BY_HAND = Q(payment__isnull=True, refund__isnull=True, invoice__isnull=True, tax=0)
OF_A_PAYMENT = Q(payment__isnull=False, refund__isnull=True, invoice__isnull=False, kind=Kind.INCOME)
OF_A_REFUND = Q(payment__isnull=True, refund__isnull=False, invoice__isnull=False, kind=Kind.EXPENSE)


class BookEntryQuerySet(EntityQuerySet):
    """Words for entries."""

    def visible_to(self, member: Member | None) -> Self:
        """All for who keeps the books; nothing for everybody else."""
        return self.all() if member and member.may("books.entry_list") else self.none()

    def counting(self) -> Self:
        """Those that were not voided."""
        return self.filter(voided_at__isnull=True)

    def between(self, first: date, last: date) -> Self:
        """Those of the days from `first` to `last`."""
        return self.filter(booked_on__gte=first, booked_on__lte=last)

    def with_people(self) -> Self:
        """With what a list names, in the same statement."""
        return self.select_related("category", "invoice__series", "entered_by", "voided_by")

    def search(self, text: str) -> Self:
        """Those that say `text`; all when it says nothing."""
        words = text.strip()
        return self.filter(description__icontains=words) if words else self

    def sums(self, currency: str) -> dict[str, Any]:
        """What those that count come to in `currency`, tax included: `income` and `expenses`."""
        counted = Q(currency=currency, voided_at__isnull=True)
        return self.aggregate(
            income=Sum("amount", filter=counted & Q(kind=Kind.INCOME), default=NOTHING),
            expenses=Sum("amount", filter=counted & Q(kind=Kind.EXPENSE), default=NOTHING),
        )


class BookEntry(Entity):
    """Money that came in or went out. What was entered wrongly is voided for a reason, never changed.

    The entries of payments and refunds are made by the database (migration 0002), with the key of their
    source. `tax` is the part of `amount` that is owed to the state: of all that was received on an invoice it
    is `round(invoice's tax × received / invoice's total)`, and each entry holds what it added to that, so
    that a paid invoice's entries hold exactly its tax.
    """

    Kind = Kind
    Method = Method

    booked_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="entries", db_index=False, verbose_name=_("category")
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=3, validators=[MinValueValidator(SMALLEST)]
    )
    tax = models.DecimalField(
        _("tax in it"), max_digits=14, decimal_places=3, default=NOTHING, editable=False
    )
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    digits = models.PositiveSmallIntegerField(_("places of the currency"), editable=False)
    description = models.CharField(_("description"), max_length=200)
    method = models.CharField(_("how"), max_length=12, choices=Method.choices, default=Method.TRANSFER)
    payment = models.OneToOneField(
        Payment, models.PROTECT, related_name="book_entry", null=True, blank=True, editable=False
    )
    refund = models.OneToOneField(
        Refund, models.PROTECT, related_name="book_entry", null=True, blank=True, editable=False
    )
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="book_entries", null=True, blank=True, editable=False
    )
    entered_by = actor(_("entered by"))
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True, editable=False)
    voided_by = actor(_("voided by"))
    void_reason = models.CharField(_("reason for voiding"), max_length=500, blank=True, editable=False)
    idempotency_key = models.CharField(max_length=100, unique=True, editable=False)

    objects: ClassVar = BookEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the books")
        verbose_name_plural = _("entries of the books")
        ordering = ("-booked_on", "-created_at", "-id")
        constraints = (
            one_of("kind", Kind, "books_entry_kind"),
            one_of("method", Method, "books_entry_method"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="books_entry_amount",
                violation_error_message=_("The amount must be more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(
                    amount=Round(F("amount"), precision=F("digits")),  # type: ignore[arg-type]
                    tax=Round(F("tax"), precision=F("digits")),  # type: ignore[arg-type]
                ),
                name="books_entry_rounded",
                violation_error_message=_("The amount has more decimal places than the currency."),
            ),
            models.CheckConstraint(
                condition=Q(tax__gte=0, tax__lte=F("amount")),
                name="books_entry_tax",
                violation_error_message=_("The tax is a part of the amount."),
            ),
            models.CheckConstraint(condition=Q(digits__lte=3), name="books_entry_places"),
            models.CheckConstraint(
                condition=~Q(description=""),
                name="books_entry_description",
                violation_error_message=_("Say what it was for."),
            ),
            models.CheckConstraint(
                condition=Q(booked_on__gte=EARLIEST),
                name="books_entry_day",
                violation_error_message=_("Check the year."),
            ),
            models.CheckConstraint(
                condition=BY_HAND | OF_A_PAYMENT | OF_A_REFUND,
                name="books_entry_source",
                violation_error_message=_("This entry and what it comes from do not belong together."),
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & BY_HAND & ~Q(void_reason="")),
                name="books_entry_voided",
                violation_error_message=_("Say why the entry is voided."),
            ),
        )
        indexes = (
            models.Index(fields=["-booked_on", "-created_at", "-id"], name="books_entry_latest"),
            models.Index(fields=["category", "booked_on"], name="books_entry_in_category"),
        )

    def __str__(self) -> str:
        return self.description

    def get_absolute_url(self) -> str:
        """The page of the entry."""
        return reverse("books:entry", args=[self.pk])

    @property
    def net(self) -> Decimal:
        """Without the tax in it."""
        return self.amount - self.tax

    @property
    def is_automatic(self) -> bool:
        """Whether the database made it of a payment or a refund."""
        return self.invoice_id is not None

    @property
    def is_refund(self) -> bool:
        """Whether it is money given back to a patient. Needs `category` loaded."""
        return self.category.system == System.REFUNDS


class EntryFile(StoredFile):
    """A receipt of an entry."""

    entry = models.ForeignKey(
        BookEntry, models.PROTECT, related_name="files", db_index=False, verbose_name=_("entry")
    )

    class Meta(StoredFile.Meta):
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = (
            *StoredFile.Meta.constraints,
            models.UniqueConstraint(fields=["entry", "position"], name="entryfile_position"),
        )

    @property
    def belongs_to(self) -> str:
        """The entry."""
        return f"entry of the books {self.entry_id}"

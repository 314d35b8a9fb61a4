"""The lines of invoices: what is charged, less its discount, with its tax.

The one formula, held by CHECKs and by `Charge.reckoned`; each amount is rounded to the invoice's currency,
halves up, before it is added to another:

    charged  = round(quantity × price × (100 − discount %) / 100)
    discount = round(quantity × price) − charged

    prices with tax in them:  amount = charged,   tax = round(amount × tax % / (100 + tax %))
    prices without it:        net = charged,      tax = round(net × tax % / 100)
    in both:                  amount = net + tax, which is what is paid
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Round
from django.utils.translation import gettext_lazy as _

from billing.models.taxes import LONGEST_NAME, in_percent, named_tax, percent
from clinic.models import Entity
from clinic.money import NOTHING, SMALLEST, rounded

WHOLE = Decimal(100)


class Sums(NamedTuple):
    """What a line comes to."""

    discount: Decimal
    tax: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Charge:
    """What one line of an invoice says."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = NOTHING
    tax_name: str = ""
    tax_percent: Decimal = NOTHING

    def reckoned(self, digits: int, *, tax_inclusive: bool) -> Sums:
        """What the line comes to in a currency of `digits` places."""
        full = self.quantity * self.unit_price
        charged = rounded(full * (WHOLE - self.discount_percent) / WHOLE, digits)
        divisor = WHOLE + self.tax_percent if tax_inclusive else WHOLE
        tax = rounded(charged * self.tax_percent / divisor, digits)
        return Sums(rounded(full, digits) - charged, tax, charged if tax_inclusive else charged + tax)


class TaxSum(NamedTuple):
    """What an invoice's lines of one tax come to."""

    name: str
    net: Decimal
    tax: Decimal
    amount: Decimal


def in_currency(expression: Any) -> Round:
    """SQL: rounded to the line's currency."""
    return Round(expression, precision=F("digits"))  # type: ignore[arg-type]


def exactly(expression: Any) -> Cast:
    """SQL: with so many places that a division by it is off by less than any half of a coin could be."""
    return Cast(expression, models.DecimalField(max_digits=40, decimal_places=20))


FULL = F("quantity") * F("unit_price")
CHARGED = in_currency(exactly(FULL * (WHOLE - F("discount_percent"))) / WHOLE)
TAX_WITHIN = in_currency(exactly(F("amount") * F("tax_percent")) / (WHOLE + F("tax_percent")))
TAX_ON_TOP = in_currency(exactly((F("amount") - F("tax")) * F("tax_percent")) / WHOLE)


class InvoiceLine(Entity):
    """One thing that is charged."""

    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, related_name="lines", verbose_name=_("invoice")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    description = models.CharField(_("description"), max_length=200)
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=9,
        decimal_places=3,
        default=1,
        validators=[MinValueValidator(SMALLEST)],
    )
    unit_price = models.DecimalField(
        _("price"), max_digits=14, decimal_places=3, validators=[MinValueValidator(NOTHING)]
    )
    discount_percent = models.DecimalField(
        _("discount in percent"),
        max_digits=5,
        decimal_places=2,
        default=NOTHING,
        validators=[MinValueValidator(NOTHING), MaxValueValidator(100)],
    )
    discount = models.DecimalField(
        _("discount"), max_digits=14, decimal_places=3, default=NOTHING, editable=False
    )
    tax_name = models.CharField(_("tax"), max_length=LONGEST_NAME, blank=True)
    tax_percent = percent(_("tax in percent"), default=NOTHING)
    tax = models.DecimalField(_("tax"), max_digits=14, decimal_places=3, default=NOTHING, editable=False)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3, editable=False)
    net = models.GeneratedField(
        expression=F("amount") - F("tax"),
        output_field=models.DecimalField(max_digits=14, decimal_places=3),
        db_persist=True,
        verbose_name=_("without tax"),
    )
    # The invoice's own (migration 0010).
    digits = models.PositiveSmallIntegerField(editable=False)
    tax_inclusive = models.BooleanField(editable=False)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["invoice", "position"], name="billing_line_position"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="billing_line_quantity",
                violation_error_message=_("The quantity must be more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, unit_price=in_currency(F("unit_price"))),
                name="billing_line_price",
                violation_error_message=_("The price has more decimal places than the currency."),
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="billing_line_discount_percent",
                violation_error_message=_("A discount is between 0 and 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(tax_percent__gte=0, tax_percent__lte=100) & (~Q(tax_name="") | Q(tax_percent=0)),
                name="billing_line_tax_percent",
                violation_error_message=_("A tax has a name, and is between 0 and 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(discount=in_currency(FULL) - CHARGED),
                name="billing_line_discount",
                violation_error_message=_("The discount must be its percentage, rounded to the currency."),
            ),
            models.CheckConstraint(
                condition=Q(tax_inclusive=True, amount=CHARGED)
                | Q(tax_inclusive=False, amount=CHARGED + F("tax")),
                name="billing_line_amount",
                violation_error_message=_(
                    "The amount must be quantity × price less the discount, rounded to the currency."
                ),
            ),
            models.CheckConstraint(
                condition=Q(tax_inclusive=True, tax=TAX_WITHIN) | Q(tax_inclusive=False, tax=TAX_ON_TOP),
                name="billing_line_tax",
                violation_error_message=_("The tax must be its percentage, rounded to the currency."),
            ),
        )

    def __str__(self) -> str:
        return self.description

    @property
    def charge(self) -> Charge:
        """What the line says."""
        return Charge(
            self.description,
            self.quantity,
            self.unit_price,
            self.discount_percent,
            self.tax_name,
            self.tax_percent,
        )

    @property
    def charged(self) -> Decimal:
        """What stands beside the price: with its tax where prices include it, else without."""
        return self.amount if self.tax_inclusive else self.amount - self.tax

    @property
    def tax_label(self) -> str:
        """The tax as people write it; empty where the line bears none."""
        return named_tax(self.tax_name, self.tax_percent) if self.tax_name else ""

    @property
    def discount_label(self) -> str:
        """The discount as people write it; empty where there is none."""
        return in_percent(self.discount_percent) if self.discount_percent else ""

    def write(self, charge: Charge) -> Self:
        """Let the line say `charge`, with what that comes to."""
        for name, value in vars(charge).items():
            setattr(self, name, value)
        sums = charge.reckoned(self.digits, tax_inclusive=self.tax_inclusive)
        self.discount, self.tax, self.amount = sums
        return self


def taxes_of(lines: Iterable[InvoiceLine]) -> list[TaxSum]:
    """What the lines of each tax come to, in the order in which the taxes first stand there.

    Empty where no line bears a tax; where one does, those without stand there too, so that the sums are
    those of the invoice.
    """
    sums: dict[str, TaxSum] = {}
    for line in lines:
        label = line.tax_label
        so_far = sums.get(label, TaxSum(label, NOTHING, NOTHING, NOTHING))
        net = line.amount - line.tax
        sums[label] = TaxSum(label, so_far.net + net, so_far.tax + line.tax, so_far.amount + line.amount)
    return list(sums.values()) if any(sums) else []

"""The taxes of the clinic's country, and how the clinic writes its invoices."""

from decimal import Decimal
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet
from clinic.money import NOTHING

# Nobody is given longer to pay; a year typed wrongly shows.
LONGEST_TO_PAY = 366
LONGEST_NAME = 40
LONGEST_TO_REMIND, MOST_REMINDERS = 90, 10


def percent(label: Any, **options: Any) -> models.DecimalField:
    """A tax of 0 to 100 percent, with the three places that some countries need (Québec's 9.975 %)."""
    return models.DecimalField(
        label,
        max_digits=6,
        decimal_places=3,
        validators=[MinValueValidator(NOTHING), MaxValueValidator(100)],
        **options,
    )


class TaxRateQuerySet(EntityQuerySet):
    """Words for taxes."""

    def active(self) -> Self:
        """Those that a new line may bear."""
        return self.filter(is_active=True)


class TaxRate(Entity):
    """A tax that lines of invoices may bear. They copy it, so it may change and be retired at any time."""

    name = models.CharField(
        _("name"),
        max_length=LONGEST_NAME,
        help_text=_("As it stands on the invoice, without the percentage."),
    )
    percent = percent(_("percent"))
    is_active = models.BooleanField(_("in use"), default=True, editable=False)

    objects = TaxRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        ordering = ("name", "percent")
        constraints = (
            models.UniqueConstraint(
                fields=["name", "percent"],
                name="billing_tax_once",
                violation_error_message=_("There is already a tax of this name and percentage."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="billing_tax_name", violation_error_message=_("Name the tax.")
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="billing_tax_percent",
                violation_error_message=_("A tax is between 0 and 100 percent."),
            ),
        )

    def __str__(self) -> str:
        return named_tax(self.name, self.percent)


def named_tax(name: str, rate: Decimal) -> str:
    """A tax as people write it: VAT 7.5 %."""
    return f"{name} {in_percent(rate)}"


def in_percent(rate: Decimal) -> str:
    """A percentage as people write it, which no line breaks: 7.5 %."""
    return f"{number_format(rate.normalize())}\N{NO-BREAK SPACE}%"


class BillingPolicyQuerySet(EntityQuerySet):
    """The one row."""

    def current(self) -> Any:
        """How the clinic writes its invoices; as everybody begins when it has said nothing."""
        return self.select_related("default_tax").first() or BillingPolicy()


class BillingPolicy(Entity):
    """How the clinic writes its invoices: one row, there from the first change on."""

    is_only = models.BooleanField(default=True, unique=True, editable=False)
    tax_inclusive = models.BooleanField(_("prices include the tax"), default=True)
    default_tax = models.ForeignKey(
        TaxRate,
        models.PROTECT,
        related_name="+",
        verbose_name=_("tax of new lines"),
        null=True,
        blank=True,
    )
    days_to_pay = models.PositiveSmallIntegerField(
        _("days to pay"), default=14, validators=[MaxValueValidator(LONGEST_TO_PAY)]
    )

    reminds = models.BooleanField(_("patients are reminded of overdue invoices"), default=False)
    reminder_days = models.PositiveSmallIntegerField(
        _("days until a reminder"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_TO_REMIND)],
    )
    most_reminders = models.PositiveSmallIntegerField(
        _("reminders of one invoice"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_REMINDERS)],
    )

    objects = BillingPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules for invoices")
        verbose_name_plural = _("rules for invoices")
        constraints = (
            models.CheckConstraint(condition=Q(is_only=True), name="billing_policy_only"),
            models.CheckConstraint(
                condition=Q(days_to_pay__lte=LONGEST_TO_PAY),
                name="billing_policy_days_to_pay",
                violation_error_message=_("0 to 366 days are possible."),
            ),
            models.CheckConstraint(
                condition=Q(reminder_days__gte=1, reminder_days__lte=LONGEST_TO_REMIND),
                name="billing_policy_reminder_days",
                violation_error_message=_("1 to 90 days are possible."),
            ),
            models.CheckConstraint(
                condition=Q(most_reminders__gte=1, most_reminders__lte=MOST_REMINDERS),
                name="billing_policy_most_reminders",
                violation_error_message=_("1 to 10 reminders are possible."),
            ),
        )

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def tax_of_lines(self) -> dict[str, Any]:
        """What a new line copies: `tax_name` and `tax_percent`; nothing where lines bear no tax."""
        tax = self.default_tax
        return {"tax_name": tax.name, "tax_percent": tax.percent} if tax else {}

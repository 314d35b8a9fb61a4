"""The clinic's fiscal year, and the months of it that are closed."""

from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet

MONTHS_A_YEAR = 12


class FiscalYear(NamedTuple):
    """Twelve months from the first day of one: `first` is that day."""

    first: date

    @classmethod
    def around(cls, day: date, starts: int) -> "FiscalYear":
        """The year in which `day` lies when years start with the month `starts` (1 to 12)."""
        return cls(date(day.year - (day.month < starts), starts, 1))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.shifted(1).first - timedelta(days=1)

    @property
    def label(self) -> str:
        """As people call it: 2026, or 2026/27 where it does not start in January."""
        starts, ends = self.first.year, self.last.year
        return f"{starts}" if starts == ends else f"{starts}/{ends % 100:02}"

    @property
    def months(self) -> list[date]:
        """The first day of each of its months."""
        return [month_after(self.first, number) for number in range(MONTHS_A_YEAR)]

    def shifted(self, years: int) -> "FiscalYear":
        """The one so many years later."""
        return FiscalYear(self.first.replace(year=self.first.year + years))


def month_of(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month so many months after the one that begins with `month`."""
    number = month.year * MONTHS_A_YEAR + month.month - 1 + count
    return date(number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1, 1)


class BooksPolicyQuerySet(EntityQuerySet):
    """The one row."""

    def current(self) -> Any:
        """How the clinic keeps its books; as everybody begins when it has said nothing."""
        return self.first() or BooksPolicy()


class BooksPolicy(Entity):
    """How the clinic keeps its books: one row, made when it is first saved."""

    is_only = models.BooleanField(default=True, unique=True, editable=False)
    year_starts = models.PositiveSmallIntegerField(
        _("the fiscal year starts in"),
        choices=MONTHS.items(),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MONTHS_A_YEAR)],
    )

    objects: ClassVar = BooksPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules for the books")
        verbose_name_plural = _("rules for the books")
        constraints = (
            models.CheckConstraint(condition=Q(is_only=True), name="books_policy_only"),
            models.CheckConstraint(
                condition=Q(year_starts__gte=1, year_starts__lte=MONTHS_A_YEAR),
                name="books_policy_year_starts",
                violation_error_message=_("Choose a month."),
            ),
        )

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def year_of(self, day: date) -> FiscalYear:
        """The fiscal year in which `day` lies."""
        return FiscalYear.around(day, self.year_starts)


class ClosedMonthQuerySet(EntityQuerySet):
    """Words for closed months."""

    def closed(self) -> Self:
        """Those that were not opened again."""
        return self.filter(reopened_at__isnull=True)


class ClosedMonth(Entity):
    """A month whose books are closed: nothing is entered or voided in it until it is opened again."""

    month = models.DateField(_("month"))
    closed_at = models.DateTimeField(_("closed"))
    closed_by = actor(_("closed by"))
    reopened_at = models.DateTimeField(_("opened again"), null=True, blank=True)
    reopened_by = actor(_("opened again by"))
    reopen_reason = models.CharField(_("reason for opening it again"), max_length=500, blank=True)

    objects: ClassVar = ClosedMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ("-month", "-closed_at")
        constraints = (
            models.CheckConstraint(condition=Q(month__day=1), name="books_closed_first_day"),
            models.UniqueConstraint(
                fields=["month"],
                condition=Q(reopened_at__isnull=True),
                name="books_closed_once",
                violation_error_message=_("This month is closed already."),
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True, reopen_reason="")
                | (Q(reopened_at__isnull=False) & ~Q(reopen_reason="")),
                name="books_closed_reopened",
                violation_error_message=_("Say why the month is opened again."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        """The page of the months of its year."""
        return reverse("books:month_list")

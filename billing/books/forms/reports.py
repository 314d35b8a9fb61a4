"""Which period a report is about, and what is typed into the rules of the books."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from billing.books.models import BooksPolicy, FiscalYear
from billing.books.models.entry import EARLIEST
from billing.books.models.months import month_after
from billing.books.reports import Period
from clinic.forms import Form

LATEST = 2200


class ReportFilter(forms.Form):
    """A fiscal year by the year in which it starts; for most reports one month of it, by its first day."""

    year = forms.IntegerField(required=False, min_value=EARLIEST.year, max_value=LATEST)
    month = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def fiscal_year(self, policy: BooksPolicy) -> FiscalYear:
        """The year asked for; without one, the present."""
        self.is_valid()
        year = self.cleaned_data.get("year")
        present = policy.year_of(timezone.localdate())
        return FiscalYear(date(year, policy.year_starts, 1)) if year else present

    def period(self, year: FiscalYear, currency: str) -> Period:
        """The month asked for if it is one of the year's, else the year."""
        month = self.cleaned_data.get("month")
        if month in year.months:
            return Period(month, month_after(month) - date.resolution, currency)
        return Period(year.first, year.last, currency)


class CloseMonthForm(Form):
    """Which month is closed, by its first day."""

    month = forms.DateField(label=_("Month"), input_formats=["%Y-%m-%d"])


class PolicyForm(Form):
    """When the fiscal year starts."""

    year_starts = forms.TypedChoiceField(
        label=_("The fiscal year starts in"),
        choices=[(number, name) for number, name in MONTHS.items()],
        coerce=int,
        help_text=_("Entries keep their days; only the reports are drawn up for other years."),
    )

    def __init__(self, data: Any = None, *, policy: BooksPolicy) -> None:
        super().__init__(data, initial={"year_starts": policy.year_starts})

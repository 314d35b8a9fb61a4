"""For which period a patient's statement is."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.forms import DateInput, Form


class StatementForm(Form):
    """From which day to which; this year so far, unless something else is asked for."""

    first = forms.DateField(label=_("From"), widget=DateInput(attrs={"class": "form-control"}))
    last = forms.DateField(label=_("To"), widget=DateInput(attrs={"class": "form-control"}))

    def __init__(self, data: Any = None) -> None:
        today = timezone.localdate()
        begun = {"first": today.replace(month=1, day=1), "last": today}
        asked = {name: data[name] for name in begun if data and data.get(name)}
        super().__init__({**{name: day.isoformat() for name, day in begun.items()}, **asked})
        self.usual = begun

    def clean(self) -> dict[str, Any]:
        """The period does not end before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        return cleaned

    @property
    def period(self) -> tuple[date, date]:
        """The days that were asked for; of a malformed question the usual ones."""
        days = self.cleaned_data if self.is_valid() else self.usual
        return days["first"], days["last"]

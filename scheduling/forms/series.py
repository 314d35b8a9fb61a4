"""Visits that come again: how often, and what to do where a date clashes."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import DateTimeInput, Form
from clinic.models import Refusal
from scheduling.forms.booking import instant, reason_field
from scheduling.models.series import MOST_VISITS, MOST_WEEKS
from scheduling.services.plans import Planned, SeriesRefused

SKIP, OTHER = "skip", "other"
OF_A_ROW = ("choice_", "other_")


class RepeatForm(Form):
    """How often and how many times a visit comes again."""

    every_weeks = forms.IntegerField(
        label=_("Every so many weeks"), min_value=1, max_value=MOST_WEEKS, initial=1
    )
    visits = forms.IntegerField(
        label=_("Number of visits"),
        min_value=2,
        max_value=MOST_VISITS,
        initial=6,
        help_text=_("With the first one."),
    )


@dataclass(frozen=True)
class PlanRow:
    """One row of a plan as the page draws it."""

    key: str
    planned: Planned
    chosen: str
    other: Any
    errors: list[Any]
    about: Any

    @property
    def is_settled(self) -> bool:
        """Whether nothing has to be decided here."""
        return self.planned.is_free and not self.errors and self.chosen == self.planned.wanted.isoformat()


class PlanForm(Form):
    """For each planned visit: as wanted, a proposal, another time, or not at all.

    `plan` by the key of each row; `about` what else the page shows of it.
    """

    def __init__(
        self,
        *args: Any,
        plan: Mapping[Any, Planned],
        about: Mapping[Any, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.about = plan, about or {}
        for key in plan:
            self.fields[f"choice_{key}"] = forms.CharField(
                required=False, max_length=40, label=_("What to do")
            )
            self.fields[f"other_{key}"] = forms.DateTimeField(
                required=False, widget=DateTimeInput(), label=_("Another time")
            )

    @property
    def helper(self) -> FormHelper:
        """What else is asked; the page draws the rows itself."""
        helper = super().helper
        # Crispy takes a layout that comes to nothing for none, and would draw every field again.
        helper.layout = Layout(HTML(" "), *(name for name in self.fields if not name.startswith(OF_A_ROW)))
        return helper

    def rows(self) -> Iterator[PlanRow]:
        """The rows in order."""
        for key, planned in self.plan.items():
            choice, other = self[f"choice_{key}"], self[f"other_{key}"]
            chosen = (choice.value() or "") if self.is_bound else likely(planned)
            errors = [*choice.errors, *other.errors]
            yield PlanRow(str(key), planned, chosen, other, errors, self.about.get(key))

    def clean(self) -> dict[str, Any]:
        """The chosen time of each row; None where the row is left out."""
        data = super().clean() or self.cleaned_data
        times = {key: self._time(key, data) for key in self.plan}
        rest = {name: data[name] for name in data if not name.startswith(OF_A_ROW)}
        return {**rest, "times": times}

    def _time(self, key: Any, data: Mapping[str, Any]) -> datetime.datetime | None:
        choice = data.get(f"choice_{key}", "")
        if choice == SKIP:
            return None
        if choice == OTHER:
            other: datetime.datetime | None = data.get(f"other_{key}")
            if other is None and f"other_{key}" not in self.errors:
                self.add_error(f"other_{key}", _("Say which other time."))
            return other
        moment = instant(choice)
        if moment is None and f"choice_{key}" not in self.errors:
            self.add_error(f"choice_{key}", _("Choose what to do here."))
        return moment

    def add_refusal(self, refusal: Refusal) -> None:
        """What was refused stands beside its row."""
        super().add_refusal(refusal)
        if isinstance(refusal, SeriesRefused):
            for key, message in refusal.refused.items():
                self.add_error(f"choice_{key}", message)


class SeriesForm(PlanForm):
    """A new series: the dates, and why the patient comes."""

    reason = reason_field(_("Reason for the visits"))


def likely(planned: Planned) -> str:
    """What is chosen at first: the wanted time, else the nearest free one, else nothing."""
    if planned.is_free:
        return planned.wanted.isoformat()
    return planned.proposals[0].starts_at.isoformat() if planned.proposals else SKIP

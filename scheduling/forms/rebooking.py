"""Other times for visits that leave or closing days came across."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form
from scheduling.forms.booking import instant
from scheduling.services.leave import Choice

MOST = 100


class ChoiceField(forms.Field):
    """A doctor and an instant, as the page offers them; what cannot be read is no choice."""

    def to_python(self, value: Any) -> Choice | None:
        """The time that was chosen."""
        doctor, _space, moment = str(value or "").partition(" ")
        starts_at = instant(moment)
        try:
            return Choice(UUID(doctor), starts_at) if starts_at else None
        except ValueError:
            return None


class RebookingForm(Form):
    """Which of the listed visits are settled now, and the time chosen for each.

    A button of one visit sends its key as `only`; without it all that were listed are meant.
    """

    only = forms.UUIDField(required=False)
    visits = forms.TypedMultipleChoiceField(coerce=UUID, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        sent = data.getlist("visits")[:MOST]
        self.fields["visits"].choices = [(key, key) for key in sent if _is_key(key)]  # type: ignore[attr-defined]
        for key, _label in self.fields["visits"].choices:  # type: ignore[attr-defined]
            self.fields[key] = ChoiceField(required=False)

    def clean(self) -> dict[str, Any]:
        """At least one visit is meant."""
        data = super().clean() or self.cleaned_data
        if not (self.errors or self.keys()):
            self.add_error(None, _("No visit was chosen."))
        return data

    def keys(self) -> list[UUID]:
        """The visits that are meant."""
        only = self.cleaned_data.get("only")
        return [only] if only else self.cleaned_data.get("visits") or []

    def choices(self) -> dict[UUID, Choice | None]:
        """The time chosen for each visit that is meant; of all of them, those for which one was offered."""
        return {
            key: self.cleaned_data.get(str(key))
            for key in self.keys()
            if str(key) in self.data or self.cleaned_data.get("only")
        }


def _is_key(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False

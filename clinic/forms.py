"""Forms that hand their data to a service and show its refusal where it belongs."""

import unicodedata
from collections.abc import Callable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.utils.translation import gettext_lazy as _

from clinic.models import Refusal
from clinic.money import coin

NOT_WHOLE = _("The form did not arrive whole. Open the page again, and write once more what is missing.")
# Unicode's control characters, and its two that only separate lines. A table's cell comes with its tab.
UNSEEN = {"Cc", "Zl", "Zp"}


def one_line(text: object) -> None:
    """Refuse a line break where a browser offers one line: it would begin a new line of a letter's head."""
    if any(unicodedata.category(letter) in UNSEEN and letter != "\t" for letter in str(text)):
        raise ValidationError(_("Write this on one line."), code="one_line")


class Submittable:
    """The one way from a form to a service."""

    result: Any = None
    # Why the service said no, for pages that have more to show than its sentence.
    refusal: Refusal | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            if isinstance(field, forms.CharField) and isinstance(field.widget, forms.TextInput):
                field.validators = [*field.validators, one_line]

    @property
    def helper(self) -> FormHelper:
        """Crispy's layout: the form tag, the tokens and the buttons belong to <c-form>."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    def submit(self, service: Callable[..., Any], **arguments: Any) -> bool:
        """Run `service` with the cleaned data and `arguments`; keep what it returns in `result`.

        False when a field is malformed or the service refuses; the reason then stands beside its field
        and everything typed is kept.
        """
        if not self.is_valid():  # type: ignore[attr-defined]
            return False
        try:
            self.result = service(**arguments, **self.service_data())
        except Refusal as refusal:
            self.add_refusal(refusal)
            return False
        except ValidationError as problem:
            self.add_error(None, problem)  # type: ignore[attr-defined]
            return False
        return True

    def service_data(self) -> dict[str, Any]:
        """What the service is given: the cleaned data, unless a form names its parts otherwise."""
        return self.cleaned_data  # type: ignore[attr-defined]

    def add_refusal(self, refusal: Refusal) -> None:
        """Show the refusal beside its field, or above the form."""
        self.refusal = refusal
        field = refusal.field if refusal.field in self.fields else NON_FIELD_ERRORS  # type: ignore[attr-defined]
        self.add_error(None if field == NON_FIELD_ERRORS else field, refusal.message)  # type: ignore[attr-defined]


class Form(Submittable, forms.Form):
    """A form of fields."""

    error_css_class = "is-invalid"


class ModelForm(Submittable, forms.ModelForm):
    """A form of a model's fields; it never saves, it submits."""

    def save(self, commit: bool = True) -> Any:
        """Refused: storing is what services do."""
        raise NotImplementedError("Submit the form to a service.")


class FormSet(forms.BaseFormSet):
    """Rows of a form, of which none gets lost on the way."""

    default_error_messages = {"missing_management_form": NOT_WHOLE}

    def clean(self) -> None:
        """There are at least as many rows as were shown: Django takes fewer for rows that were emptied."""
        counted = self.management_form.cleaned_data
        sent, shown = (counted[name] or 0 for name in (TOTAL_FORM_COUNT, INITIAL_FORM_COUNT))
        if sent < max(shown, 0):
            raise ValidationError(NOT_WHOLE)

    def total_form_count(self) -> int:
        """How many rows the page shows again; less than none would be no place for the next one."""
        return max(super().total_form_count(), 0)


class ReasonForm(Form):
    """Why something is done: for what needs a reason and nothing else."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )


def money_field(digits: int, **kwargs: Any) -> forms.DecimalField:
    """A field for an amount in a currency of `digits` places."""
    step = coin(digits)
    widget = forms.NumberInput(attrs={"step": str(step), "inputmode": "decimal" if digits else "numeric"})
    too_fine, too_much = _("The amount has more decimal places than the currency."), _("This is too much.")
    told = {"max_decimal_places": too_fine, "max_digits": too_much, "max_whole_digits": too_much}
    return forms.DecimalField(
        max_digits=11 + digits, decimal_places=digits, widget=widget, error_messages=told, **kwargs
    )


class DateInput(forms.DateInput):
    """The browser's own date field, which speaks ISO 8601."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class DateTimeInput(forms.DateTimeInput):
    """The browser's own field of date and time, in the clinic's zone."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)

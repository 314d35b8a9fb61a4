"""What people fill in around a visit."""

import datetime
from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.members.models.patient import plausible_birth_date
from clinic.db.current import connection
from clinic.forms import DateInput, Form
from scheduling.models import AppointmentType, Mode


def instant(text: str | None) -> datetime.datetime | None:
    """The instant that `text` names (ISO 8601, as our links write it), or None."""
    try:
        moment = parse_datetime(text or "")
    except ValueError:
        return None
    if moment is None or not is_plausible(moment):
        return None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def is_plausible(day: datetime.date) -> bool:
    """Whether a date typed into an address is one to reckon with: the calendar ends at both ends."""
    return 2000 <= day.year <= 2100


class InstantField(forms.Field):
    """A free time, chosen from those the page offers."""

    default_error_messages = {
        "required": _("Choose a time."),
        "invalid": _("Choose one of the times offered."),
    }

    def to_python(self, value: Any) -> datetime.datetime | None:
        """The instant, or a refusal to read it."""
        if value in self.empty_values:
            return None
        moment = value if isinstance(value, datetime.datetime) else instant(value)
        if moment is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


class DrawnByPage(Form):
    """A form of which the page draws some fields itself: free times as buttons, people as cards."""

    drawn_by_page: ClassVar[frozenset[str]] = frozenset({"starts_at", "patient", "doctor", "branch"})

    @property
    def helper(self) -> FormHelper:
        """The other fields: in their order, some beside each other."""
        helper = super().helper
        # Where a layout draws nothing at all, crispy draws every field.
        helper.layout = Layout(*self.rows(), HTML(" "))
        return helper

    def rows(self) -> list[Any]:
        """What the form draws itself."""
        return [name for name in self.fields if name not in self.drawn_by_page]


def branch_field() -> forms.CharField:
    """The branch at which a time was offered, for the page to name; what is offered no more is refused."""
    return forms.CharField(required=False, max_length=36, empty_value=None)


class TimeForm(DrawnByPage):
    """A time, chosen from the free ones."""

    branch = branch_field()
    starts_at = InstantField(label=_("Time"))


def reason_field(label: Any) -> forms.CharField:
    """A line about why the patient comes."""
    return forms.CharField(
        label=label, required=False, max_length=500, strip=True, widget=forms.Textarea(attrs={"rows": 2})
    )


class OfferedTimeForm(TimeForm):
    """A time, and what it was offered for."""

    drawn_by_page = DrawnByPage.drawn_by_page | {"appointment_type", "mode"}

    appointment_type = forms.ModelChoiceField(
        AppointmentType.objects.public(), label=_("Kind of visit"), required=False
    )
    mode = forms.TypedChoiceField(choices=Mode.choices, label=_("Where"), required=False, empty_value=None)


class OwnVisitForm(OfferedTimeForm):
    """A patient with a log-in books: only the reason is asked."""

    reason = reason_field(_("Reason for the visit (optional)"))


class PersonForm(Form):
    """Who somebody is, as far as a visit needs it."""

    given_name = forms.CharField(
        label=_("Given name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_("Family name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    date_of_birth = forms.DateField(
        label=_("Date of birth"),
        validators=[plausible_birth_date],
        widget=DateInput(attrs={"autocomplete": "bday"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("E-mail or phone: one of them is enough."),
    )
    phone = PhoneNumberField(
        label=_("Phone"), required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A number without a country code is one of the clinic's country.
        cast(PhoneNumberField, self.fields["phone"]).region = str(connection.tenant.country)


class RequestForm(PersonForm, OfferedTimeForm):
    """Somebody without a log-in asks for a visit."""

    field_order = ("starts_at", "given_name", "family_name", "date_of_birth", "email", "phone", "reason")
    reason = reason_field(_("Reason for the visit (optional)"))

    def clean(self) -> dict[str, Any]:
        """There must be a way to answer."""
        data = super().clean() or self.cleaned_data
        if not (self.errors or data.get("email") or data.get("phone")):
            self.add_error("email", _("Give an e-mail address or a phone number."))
        return data


class NewPatientForm(PersonForm):
    """A patient who calls or walks in for the first time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # On the phone not everything is known yet; the patient's page asks for the rest.
        self.fields["date_of_birth"].required = False


class DeclineForm(Form):
    """Why a request is declined; the patient reads it behind the link in the message."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The patient can read it."),
    )


class CancelForm(Form):
    """Why a visit is called off."""

    reason = forms.CharField(
        label=_("Reason (optional)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

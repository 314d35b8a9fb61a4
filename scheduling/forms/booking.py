"""What people fill in around a visit."""

import datetime
from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.members.models import DoctorProfile, PatientProfile
from accounts.members.models.patient import plausible_birth_date
from clinic.db.current import connection
from clinic.forms import DateInput, DateTimeInput, Form
from scheduling.models import AppointmentType, Mode
from scheduling.models.availability import LONGEST_SLOT, SHORTEST_SLOT


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

    drawn_by_page: ClassVar[frozenset[str]] = frozenset({"starts_at", "patient", "doctor"})

    @property
    def helper(self) -> FormHelper:
        """The other fields: in their order, some beside each other."""
        helper = super().helper
        helper.layout = Layout(*self.rows())
        return helper

    def rows(self) -> list[Any]:
        """What the form draws itself."""
        return [name for name in self.fields if name not in self.drawn_by_page]


class TimeForm(DrawnByPage):
    """A time, chosen from the free ones."""

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


class BookForm(DrawnByPage):
    """The clinic books: an offered time, or any free one within the doctor's hours."""

    patient = forms.ModelChoiceField(PatientProfile.objects.none())
    doctor = forms.ModelChoiceField(DoctorProfile.objects.none())
    starts_at = InstantField(label=_("Time"), required=False)
    reason = reason_field(_("Reason for the visit"))
    other_time = forms.DateTimeField(
        label=_("Another time"),
        required=False,
        widget=DateTimeInput(),
        help_text=_("Any free time within the doctor's hours, instead of one above."),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=SHORTEST_SLOT, max_value=LONGEST_SLOT
    )

    def __init__(self, *args: Any, patients: Any = None, doctors: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("patient", patients), ("doctor", doctors)):
            if choices is None:
                del self.fields[name]
            else:
                cast(forms.ModelChoiceField, self.fields[name]).queryset = choices

    def rows(self) -> list[Any]:
        """Another time and its length stand beside each other."""
        length = Row(Column("other_time", css_class="col-sm-8"), Column("minutes", css_class="col-sm-4"))
        return [name for name in super().rows() if name not in ("other_time", "minutes")] + [length]

    def clean(self) -> dict[str, Any]:
        """One time, and how long where the hours do not say it."""
        data = super().clean() or self.cleaned_data
        other = data.pop("other_time", None)
        if other is None:
            data["minutes"] = None
            if data.get("starts_at") is None and not self.errors:
                self.add_error(None, _("Choose a time."))
        else:
            data["starts_at"] = other
            if not data.get("minutes") and "minutes" not in self.errors:
                self.add_error("minutes", _("Say how long the visit takes."))
        return data

    def add_refusal(self, refusal: Any) -> None:
        """A refused time is refused beside the field in which it was given."""
        if refusal.field == "starts_at" and self.data.get("other_time"):
            refusal.field = "other_time"
        super().add_refusal(refusal)


class MoveForm(BookForm):
    """Another time, perhaps with another doctor; the reason stays."""

    reason = None  # type: ignore[assignment]


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

"""When doctors can be booked: weekly hours, leave and extra openings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import DateInput, DateTimeInput, ModelForm, TimeInput
from scheduling.models import AvailabilityException, AvailabilityRule, Weekday


class AvailabilityRuleForm(ModelForm):
    """A weekly window."""

    class Meta:
        model = AvailabilityRule
        fields: tuple[str, ...] = ("weekday", "starts", "ends", "slot_minutes", "valid_from", "valid_until")
        widgets = {
            "starts": TimeInput(),
            "ends": TimeInput(),
            "valid_from": DateInput(),
            "valid_until": DateInput(),
        }


class NewHoursForm(AvailabilityRuleForm):
    """The same window on several days of the week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        initial=(Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY),
    )
    field_order = ("weekdays", "starts", "ends", "slot_minutes", "valid_from", "valid_until")

    class Meta(AvailabilityRuleForm.Meta):
        fields = ("starts", "ends", "slot_minutes", "valid_from", "valid_until")


class AvailabilityExceptionForm(ModelForm):
    """Leave or an extra opening."""

    despite_visits = forms.BooleanField(
        label=_("Enter the leave although visits are booked"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = AvailabilityException
        fields = ("kind", "starts_at", "ends_at", "slot_minutes", "reason")
        widgets = {"starts_at": DateTimeInput(), "ends_at": DateTimeInput()}
        help_texts = {"slot_minutes": _("For an extra opening.")}

    def clean(self) -> dict[str, Any]:
        """An extra opening must say how long a visit is; leave has no visits."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == AvailabilityException.Kind.LEAVE:
            data["slot_minutes"] = None
        elif not data.get("slot_minutes") and "slot_minutes" not in self.errors:
            self.add_error("slot_minutes", _("Say how long a visit is."))
        return data

    def add_refusal(self, refusal: Any) -> None:
        """When visits are in the way, the box to go on anyway appears."""
        if refusal.field == "despite_visits":
            self.fields["despite_visits"].widget = forms.CheckboxInput()
        super().add_refusal(refusal)

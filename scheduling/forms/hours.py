"""When doctors can be booked: weekly hours, leave and extra openings."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import DateInput, DateTimeInput, ModelForm, TimeInput
from clinic.models import Refusal
from scheduling.models import AvailabilityException, AvailabilityRule, Weekday
from scheduling.models.branches import branch_key
from scheduling.models.spots import Places

HOURS = (
    "starts",
    "ends",
    "slot_minutes",
    "buffer_minutes",
    "mode",
    "minimum_notice_hours",
    "horizon_days",
    "valid_from",
    "valid_until",
)
# Where comes after how they meet.
ORDER = (*HOURS[:5], "where", *HOURS[5:])


class AtPlace(ModelForm):
    """A form of hours that asks where, if the clinic has several branches, or rooms: in one list."""

    where = forms.ChoiceField(label=_("Branch and room"), required=False)

    def __init__(self, *args: Any, places: Places | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = Places.load() if places is None else places
        groups = self.places.groups
        if not groups:
            del self.fields["where"]
            return
        field = cast(forms.ChoiceField, self.fields["where"])
        field.choices = [
            (label, [(spot.key, f"{label} · {spot.label}") for spot in spots]) for label, spots in groups
        ]
        kept = self.instance.room_id or branch_key(self.instance.branch_id)
        self.initial.setdefault("where", str(kept))

    def service_data(self) -> dict[str, Any]:
        """The branch and the room instead of the one choice."""
        data = dict(self.cleaned_data)
        spot = self.places.spot(data.pop("where", None))
        return data | {"branch": spot.branch, "room": spot.room} if spot else data

    def add_refusal(self, refusal: Refusal) -> None:
        """What is said of the branch or the room stands beside the choice."""
        if refusal.field in ("branch", "room"):
            refusal.field = "where"
        super().add_refusal(refusal)


class AvailabilityRuleForm(AtPlace):
    """A weekly window."""

    field_order = ("weekday", *ORDER)
    pairs = (
        ("starts", "ends"),
        ("slot_minutes", "buffer_minutes"),
        ("valid_from", "valid_until"),
        ("minimum_notice_hours", "horizon_days"),
    )

    class Meta:
        model = AvailabilityRule
        fields: tuple[str, ...] = ("weekday", *HOURS)
        widgets = {
            "starts": TimeInput(),
            "ends": TimeInput(),
            "valid_from": DateInput(),
            "valid_until": DateInput(),
        }
        labels = {"buffer_minutes": _("Minutes of pause")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Emptied, it means what 0 means.
        self.fields["buffer_minutes"].required = False

    @property
    def helper(self) -> FormHelper:
        """What belongs together stands beside each other."""
        helper = super().helper
        seconds = {second for _first, second in self.pairs}
        partner = dict(self.pairs)
        helper.layout = Layout(
            *(
                Row(Column(name, css_class="col-6"), Column(partner[name], css_class="col-6"))
                if name in partner
                else name
                for name in self.fields
                if name not in seconds
            )
        )
        return helper

    def clean_buffer_minutes(self) -> int:
        """No pause where none was typed."""
        return self.cleaned_data["buffer_minutes"] or 0


class NewHoursForm(AvailabilityRuleForm):
    """The same window on several days of the week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        initial=(Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY),
    )
    field_order = ("weekdays", *ORDER)

    class Meta(AvailabilityRuleForm.Meta):
        fields = HOURS


class AvailabilityExceptionForm(AtPlace):
    """Leave or an extra opening."""

    field_order = ("kind", "starts_at", "ends_at", "slot_minutes", "mode", "where", "reason")

    class Meta:
        model = AvailabilityException
        fields = ("kind", "starts_at", "ends_at", "slot_minutes", "mode", "reason")
        widgets = {"starts_at": DateTimeInput(), "ends_at": DateTimeInput()}
        help_texts = dict.fromkeys(("slot_minutes", "mode"), _("For an extra opening."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mode"].required = False
        if "where" in self.fields:
            self.fields["where"].help_text = _("For an extra opening.")
        self.fields["kind"].initial = AvailabilityException.Kind.LEAVE

    def clean(self) -> dict[str, Any]:
        """An extra opening must say how long a visit is; leave has no visits."""
        data = super().clean() or self.cleaned_data
        data["mode"] = data.get("mode") or AvailabilityException._meta.get_field("mode").default
        if data.get("kind") == AvailabilityException.Kind.LEAVE:
            data["slot_minutes"] = None
        elif not data.get("slot_minutes") and "slot_minutes" not in self.errors:
            self.add_error("slot_minutes", _("Say how long a visit is."))
        return data

"""The clinic books and moves visits: offered times, any other within the hours, beside another visit."""

from typing import Any, cast

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.models import AgentProfile, DoctorProfile, PatientProfile
from clinic.forms import DateTimeInput
from clinic.models import Refusal
from scheduling.forms.booking import DrawnByPage, InstantField, branch_field, reason_field
from scheduling.models import AppointmentType, Mode
from scheduling.models.availability import LONGEST_SLOT, SHORTEST_SLOT
from scheduling.services.times import Taken


class MoveForm(DrawnByPage):
    """Another time, perhaps with another doctor; the reason stays.

    `usual_minutes` is how long the visit takes where nobody says it; `may_overbook` lets whoever was told
    that the time is taken give a reason and have it all the same.
    """

    drawn_by_page = DrawnByPage.drawn_by_page | {"appointment_type", "mode", "overbook_reason"}

    doctor = forms.ModelChoiceField(DoctorProfile.objects.none())
    branch = branch_field()
    starts_at = InstantField(label=_("Time"), required=False)
    other_time = forms.DateTimeField(
        label=_("Another time"),
        required=False,
        widget=DateTimeInput(),
        help_text=_("Any free time within the doctor's hours, instead of one above."),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=SHORTEST_SLOT, max_value=LONGEST_SLOT
    )
    overbook_reason = forms.CharField(
        label=_("Why two visits at the same time?"), required=False, max_length=500
    )

    def __init__(
        self,
        *args: Any,
        doctors: Any,
        usual_minutes: int | None = None,
        may_overbook: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["doctor"]).queryset = doctors
        self.usual_minutes = usual_minutes
        self.may_overbook = may_overbook
        self.is_taken = False
        if usual_minutes:
            self.fields["minutes"].widget.attrs["placeholder"] = usual_minutes

    @property
    def asks_why(self) -> bool:
        """Whether the reason for overbooking is asked: after the time was refused, or one was given."""
        return self.may_overbook and (self.is_taken or bool(self.data.get("overbook_reason")))

    def rows(self) -> list[Any]:
        """Another time and its length stand beside each other."""
        length = Row(Column("other_time", css_class="col-sm-8"), Column("minutes", css_class="col-sm-4"))
        first = [name for name in super().rows() if name not in ("other_time", "minutes")]
        return [*first, length]

    def clean(self) -> dict[str, Any]:
        """One time, and how long where neither the hours nor the kind of visit say it."""
        data = super().clean() or self.cleaned_data
        other = data.pop("other_time", None)
        if other is None:
            data["minutes"] = None
            if data.get("starts_at") is None and not self.errors:
                self.add_error(None, _("Choose a time."))
            return data
        data["starts_at"] = other
        # Wherever the doctor is then: the branch that is chosen was about the times above.
        data["branch"] = None
        data["minutes"] = data.get("minutes") or self.usual_minutes
        if not data["minutes"] and "minutes" not in self.errors:
            self.add_error("minutes", _("Say how long the visit takes."))
        return data

    def add_refusal(self, refusal: Refusal) -> None:
        """A refused time is refused beside the field in which it was given."""
        self.is_taken = isinstance(refusal, Taken)
        if refusal.field == "starts_at" and self.data.get("other_time"):
            refusal.field = "other_time"
        super().add_refusal(refusal)


class BookForm(MoveForm):
    """The clinic books: for whom, with whom, what kind of visit, when, and why."""

    patient = forms.ModelChoiceField(PatientProfile.objects.none())
    appointment_type = forms.ModelChoiceField(
        AppointmentType.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("This kind of visit is not offered. Choose another one.")},
    )
    mode = forms.ChoiceField(choices=[("", ""), *Mode.choices], required=False)
    reason = reason_field(_("Reason for the visit"))
    agent = forms.ModelChoiceField(
        AgentProfile.objects.none(),
        label=_("Agent"),
        required=False,
        empty_label=_("nobody"),
        help_text=_("Who brought the patient to us."),
    )
    field_order = ("reason", "other_time", "minutes", "agent")

    def __init__(self, *args: Any, patients: Any, types: Any, agents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("patient", patients), ("appointment_type", types), ("agent", agents)):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = choices
        # Most clinics have none.
        if not agents:
            del self.fields["agent"]

    def rows(self) -> list[Any]:
        """Why the patient comes first, who brought the patient after the time."""
        return sorted(super().rows(), key=lambda row: row == "agent")

    def clean(self) -> dict[str, Any]:
        """A place that was not chosen is any place."""
        data = super().clean()
        data["mode"] = data.get("mode") or None
        return data

"""What is asked of who waits for a visit."""

from typing import Any

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile
from clinic.forms import DateInput, ModelForm, TimeInput
from scheduling.models import Branch, WaitingListEntry, Weekday
from scheduling.models.branches import MAIN

# What stands before a specialisation where it is meant as a whole.
ANY = "any:"


def beside(*names: str) -> Row:
    """Fields beside each other."""
    return Row(*(Column(name, css_class="col-sm-6") for name in names))


# How these are drawn, and those that are drawn with them.
ROWS = {
    "weekdays": InlineCheckboxes("weekdays"),
    "earliest_time": beside("earliest_time", "latest_time"),
    "first_day": beside("first_day", "last_day"),
}
SECOND = ("latest_time", "last_day")


class WishForm(ModelForm):
    """What the desk writes on the waiting list."""

    doctor = forms.ChoiceField(label=_("With whom"), required=False)
    where = forms.ChoiceField(label=_("Branch"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days that suit"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: any day."),
    )

    class Meta:
        model = WaitingListEntry
        fields: tuple[str, ...] = (
            "appointment_type",
            "weekdays",
            "earliest_time",
            "latest_time",
            "first_day",
            "last_day",
            "priority",
            "note",
        )
        widgets = {
            "earliest_time": TimeInput(),
            "latest_time": TimeInput(),
            "first_day": DateInput(),
            "last_day": DateInput(),
        }
        help_texts = {
            "latest_time": _("The visit is over by then."),
            "last_day": _("Empty: until a time is found."),
        }

    field_order = ("doctor", "where", *Meta.fields)

    def __init__(self, *args: Any, doctors: list[DoctorProfile], types: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doctors = {str(doctor.pk): doctor for doctor in doctors}
        self.fields["doctor"].choices = self._whom()  # type: ignore[attr-defined]
        self.fields["appointment_type"].queryset = types  # type: ignore[attr-defined]
        self.fields["appointment_type"].empty_label = _("Any")  # type: ignore[attr-defined]
        if not types:
            del self.fields["appointment_type"]
        self.branches = {branch.key: branch for branch in Branch.objects.active()}
        if self.branches:
            names = [(key, branch.name) for key, branch in self.branches.items()]
            self.fields["where"].choices = [("", _("Any branch")), (MAIN, _("Main branch")), *names]  # type: ignore[attr-defined]
        else:
            del self.fields["where"]

    @property
    def helper(self) -> Any:
        """What belongs together stands beside each other."""
        helper = super().helper
        rows = [ROWS.get(name, name) for name in self.fields if name not in SECOND]
        helper.layout = Layout(*rows)
        return helper

    def clean_doctor(self) -> str:
        """Who is wished for is part of the wish before the rest of it is checked."""
        chosen: str = self.cleaned_data["doctor"]
        self.instance.doctor = self.doctors.get(chosen)
        self.instance.specialisation = chosen.removeprefix(ANY) if chosen.startswith(ANY) else ""
        return chosen

    def service_data(self) -> dict[str, Any]:
        """A doctor, or a specialisation; any branch, or one."""
        whom = {"doctor": self.instance.doctor, "specialisation": self.instance.specialisation}
        data = self.cleaned_data | whom
        where = data.pop("where", "")
        return data | {"any_branch": not where, "branch": self.branches.get(where)}

    def add_refusal(self, refusal: Any) -> None:
        """Whom one waits for is one question here."""
        if refusal.field == "specialisation":
            refusal.field = "doctor"
        super().add_refusal(refusal)

    def _whom(self) -> list[tuple[Any, Any]]:
        specialisations = sorted({doctor.specialisation for doctor in self.doctors.values()})
        anybody = [
            (f"{ANY}{name}", _("Any doctor: %(specialisation)s") % {"specialisation": name})
            for name in specialisations
        ]
        people = [(key, f"{doctor.name}, {doctor.specialisation}") for key, doctor in self.doctors.items()]
        return [
            ("", _("Choose …")),
            (_("Whoever is free first"), anybody),
            (_("One doctor only"), people),
        ]


class OwnWishForm(WishForm):
    """What a patient wishes: how urgent it is, the clinic decides."""

    priority = None

    class Meta(WishForm.Meta):
        fields = tuple(name for name in WishForm.Meta.fields if name != "priority")
        help_texts = WishForm.Meta.help_texts | {"note": _("What else the desk should know about the time.")}

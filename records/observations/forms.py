"""What is typed into measurements."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from clinic.forms import DateTimeInput, Form
from records.observations.kinds import BY_NAME, KINDS, Kind

# Up to this age length and head are measured; a child who is to stand is at least one.
LYING_YEARS, HEAD_YEARS = 3, 6
ROWS = (
    ("systolic", "diastolic", "pulse"),
    ("temperature", "temperature_unit", "oxygen", "breathing"),
    ("weight", "height", "length", "head"),
    ("glucose", "glucose_unit", "pain"),
)


class ValueField(forms.DecimalField):
    """A value of one kind, with the kind's own sentence for what is not possible."""

    def __init__(self, kind: Kind) -> None:
        label = kind.label if kind.others else f"{kind.label} ({kind.sign})"
        super().__init__(label=label, required=False, decimal_places=kind.places, max_digits=7)
        self.kind = kind
        self.widget.attrs |= {"inputmode": "decimal" if kind.places else "numeric", "autocomplete": "off"}

    def validate(self, value: Any) -> None:
        """The bounds hold in the kind's own unit: where another may be typed, they are asked after it."""
        super().validate(value)
        if value is not None and not self.kind.others and not self.kind.is_possible(value):
            raise ValidationError(self.kind.sentence)


class MeasurementsForm(Form):
    """Whatever was measured at one moment; what is left empty was not. `units`: those to begin with."""

    measured_at = forms.DateTimeField(label=_("Measured at"), widget=DateTimeInput())

    def __init__(self, data: Any = None, *, patient: PatientProfile, units: Mapping[str, str]) -> None:
        super().__init__(data, initial={"measured_at": timezone.localtime(), **units})
        for kind in KINDS:
            if kind.name not in left_out(patient):
                self.fields |= dict(_fields(kind))
        # What is typed first comes first; the time is right as it stands.
        self.fields["measured_at"] = self.fields.pop("measured_at")

    @property
    def helper(self) -> FormHelper:
        """What is measured together stands side by side."""
        helper = super().helper
        rows = [
            Row(
                *(Column(name, css_class="col-6 col-md") for name in row if name in self.fields),
                css_class="align-items-end align-items-md-start",
            )
            for row in ROWS
        ]
        helper.layout = Layout(*rows, Row(Column("measured_at", css_class="col-md-6")))
        return helper

    def clean(self) -> dict[str, Any]:
        """Each value in its kind's own unit."""
        for kind in KINDS:
            typed = self.cleaned_data.get(kind.name)
            if typed is not None and kind.others:
                self.cleaned_data[kind.name] = _own_unit(kind, typed, self.cleaned_data)
        return self.cleaned_data

    @property
    def units(self) -> dict[str, str]:
        """The units that were chosen, to begin with the next time."""
        names = (f"{kind.name}_unit" for kind in KINDS if kind.others)
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    def service_data(self) -> dict[str, Any]:
        """The values that were filled in, and when they were measured."""
        filled = {name: value for name, value in self.cleaned_data.items() if name in BY_NAME}
        return {
            "values": {name: value for name, value in filled.items() if value is not None},
            "measured_at": self.cleaned_data["measured_at"],
        }


def left_out(patient: PatientProfile) -> set[str]:
    """What is not asked at the patient's age; of an unknown age everything may be asked."""
    years = patient.age
    if years is None:
        return set()
    lying = set() if years < LYING_YEARS else {"length"}
    return lying | (set() if years < HEAD_YEARS else {"head"})


def _fields(kind: Kind) -> Iterator[tuple[str, forms.Field]]:
    yield kind.name, ValueField(kind)
    if kind.others:
        units = [(kind.unit, kind.sign), *((unit.code, unit.sign) for unit in kind.others)]
        yield f"{kind.name}_unit", forms.ChoiceField(label=_("Unit"), choices=units, required=False)


def _own_unit(kind: Kind, typed: Decimal, data: dict[str, Any]) -> Decimal:
    chosen = data.get(f"{kind.name}_unit")
    unit = next((unit for unit in kind.others if unit.code == chosen), None)
    return round(unit.convert(typed), kind.places) if unit else typed

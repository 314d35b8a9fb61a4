"""What can be measured: each kind with its code, its unit and what is possible in a living person.

Codes are LOINC's (loinc.org), units UCUM's (ucum.org); together they are FHIR's vital signs
(hl7.org/fhir/R4/observation-vitalsigns.html). The bounds tell a slip of the finger from a sick patient: wide
enough for intensive care, the smallest newborn and the tallest adult on record. They are no normal values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from babel.numbers import format_decimal
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clinic.languages import notation


@dataclass(frozen=True)
class Unit:
    """Another unit in which a value may be typed; `convert` gives the kind's own."""

    code: str
    sign: Any
    factor: Decimal = Decimal(1)
    offset: Decimal = Decimal(0)

    def convert(self, typed: Decimal) -> Decimal:
        """The typed value in the kind's own unit."""
        return (typed + self.offset) * self.factor


@dataclass(frozen=True)
class Kind:
    """One kind of measurement. `name` is its field on the page, `places` how many decimals are kept."""

    name: str
    code: str
    label: Any
    unit: str
    sign: Any
    least: Decimal
    most: Decimal
    places: int = 0
    others: tuple[Unit, ...] = ()

    @property
    def sentence(self) -> Any:
        """Why a value outside of the bounds is refused."""
        return format_lazy(
            _("{what}: only {least} to {most} {sign} is possible. Check the number."),
            what=self.label,
            least=self.least,
            most=self.most,
            sign=self.sign,
        )

    def is_possible(self, value: Decimal) -> bool:
        """Whether a living person may have this value."""
        return self.least <= value <= self.most

    def shown(self, value: Decimal | float) -> str:
        """The value as people write it here, without its unit."""
        rounded = round(Decimal(value), self.places)
        return format_decimal(rounded, format="0." + "#" * max(self.places, 1), locale=notation())


def kind(name: str, code: str, label: Any, unit: str, sign: Any, *bounds: str, **facts: Any) -> Kind:
    """A kind whose bounds are written as text."""
    least, most = map(Decimal, bounds)
    return Kind(name, code, label, unit, sign, least, most, **facts)


FAHRENHEIT = Unit("[degF]", _("°F"), factor=Decimal(5) / Decimal(9), offset=Decimal(-32))
# The molar mass of glucose is 180.156 g/mol.
MG_PER_DL = Unit("mg/dL", _("mg/dL"), factor=1 / Decimal("18.0156"))

KINDS: tuple[Kind, ...] = (
    kind("systolic", "8480-6", _("Blood pressure, upper"), "mm[Hg]", _("mmHg"), "40", "320"),
    kind("diastolic", "8462-4", _("Blood pressure, lower"), "mm[Hg]", _("mmHg"), "10", "220"),
    kind("pulse", "8867-4", _("Heart rate"), "/min", _("per minute"), "20", "320"),
    kind("breathing", "9279-1", _("Breathing rate"), "/min", _("per minute"), "3", "120"),
    kind(
        "temperature",
        "8310-5",
        _("Temperature"),
        "Cel",
        _("°C"),
        "25",
        "45",
        places=1,
        others=(FAHRENHEIT,),
    ),
    kind("oxygen", "59408-5", _("Oxygen saturation"), "%", _("%"), "30", "100"),
    kind("weight", "29463-7", _("Weight"), "kg", _("kg"), "0.3", "650", places=3),
    kind("height", "8302-2", _("Height, standing"), "cm", _("cm"), "40", "275", places=1),
    kind("length", "8306-3", _("Length, lying"), "cm", _("cm"), "20", "150", places=1),
    kind("head", "9843-4", _("Head circumference"), "cm", _("cm"), "15", "75", places=1),
    kind(
        "glucose",
        "15074-8",
        _("Blood glucose"),
        "mmol/L",
        _("mmol/L"),
        "0.3",
        "90",
        places=1,
        others=(MG_PER_DL,),
    ),
    kind("pain", "72514-3", _("Pain"), "{score}", _("of 10"), "0", "10"),
)
# Never typed, never stored: weight in kg by the square of the height in m.
BMI = kind("bmi", "39156-5", _("Body mass index"), "kg/m2", _("kg/m²"), "5", "200", places=1)

BY_CODE: Mapping[str, Kind] = MappingProxyType({each.code: each for each in (*KINDS, BMI)})
BY_NAME: Mapping[str, Kind] = MappingProxyType({each.name: each for each in (*KINDS, BMI)})

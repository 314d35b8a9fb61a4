"""What is drawn without templates is what Django's templates draw, to the letter."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from clinic.widgets import DRAWN, Renderer

EVIL = """"><script>alert('x')</script>&amp;"""
NESTED = [
    ("", "---"),
    (EVIL, EVIL),
    (1, 1234567),
    (Decimal("2.50"), Decimal("1234.5")),
    (None, _("Unknown")),
    (mark_safe("<i>"), mark_safe("<b>bold</b>")),
    (f"Group {EVIL}", [("a", "A"), ("b", mark_safe("&nbsp;B"))]),
    (_("Yes"), [(True, _("No")), (date(2026, 11, 22), date(2026, 11, 22))]),
]
ATTRS: dict[str, Any] = {
    "class": EVIL,
    "required": True,
    "disabled": False,
    "maxlength": 1000,
    "data-safe": mark_safe("&amp;"),
    "aria-label": _("Yes"),
    'odd"name': "",
    "step": Decimal("0.01"),
    "data-none": None,
}
VALUES = [
    None,
    "",
    EVIL,
    0,
    1234567,
    Decimal("1234.50"),
    1.5,
    True,
    False,
    _("Yes"),
    mark_safe("<b>&amp;"),
    "a",
]
MOMENTS = [date(2026, 11, 22), time(9, 30), datetime(2026, 11, 22, 9, 30, tzinfo=UTC)]
INPUTS = [
    *(
        forms.TextInput,
        forms.NumberInput,
        forms.EmailInput,
        forms.URLInput,
        forms.TelInput,
        forms.SearchInput,
    ),
    *(forms.ColorInput, forms.PasswordInput, forms.HiddenInput, forms.DateInput, forms.DateTimeInput),
    *(forms.TimeInput, forms.CheckboxInput, forms.FileInput, forms.Textarea),
]
LISTS = [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect]


def same(widget: forms.Widget, value: Any) -> None:
    for language in ("en", "de"):
        with translation.override(language):
            ours, djangos = (
                widget.render('a "name"', value, {"id": "id_a", **ATTRS}, renderer)
                for renderer in (Renderer(), DjangoTemplates())
            )
        assert ours == djangos
        assert hasattr(ours, "__html__")


@pytest.mark.parametrize("widget", INPUTS)
def test_a_field_to_fill_in(widget: type[forms.Widget]) -> None:
    for value in [*VALUES, *MOMENTS]:
        same(widget(), value)


@pytest.mark.parametrize("widget", LISTS)
def test_a_list_to_choose_from(widget: Any) -> None:
    several = [["a", "b"]] if widget is not forms.NullBooleanSelect else []
    for value in (None, "", EVIL, 1, "1", "a", True, *several):
        chosen = widget() if widget is forms.NullBooleanSelect else widget(choices=NESTED)
        same(chosen, value)


class Marked(forms.Select):
    option_template_name = "django/forms/widgets/input_option.html"


def test_whose_options_are_drawn_otherwise_is_left_to_django() -> None:
    same(Marked(choices=NESTED), "a")


class Labelled(forms.Form):
    required_css_class = EVIL
    name = forms.CharField(label=EVIL)
    word = forms.CharField(label=_("Yes"), required=False)
    safe = forms.CharField(label=mark_safe("<b>Name</b>"))
    number = forms.CharField(label=1234567, label_suffix="")


@pytest.mark.parametrize("auto_id", ["id_%s", False])
@pytest.mark.parametrize("data", [None, {"name": "Ada"}])
def test_labels_and_what_is_wrong(auto_id: Any, data: Any) -> None:
    for language in ("en", "de"):
        with translation.override(language):
            drawn = []
            for renderer in (Renderer(), DjangoTemplates()):
                form = Labelled(data, auto_id=auto_id, renderer=renderer)
                parts = [(field.label_tag(attrs=ATTRS), field.legend_tag(), field.errors) for field in form]
                words = [form.as_p(), form.as_div(), form["name"].label_tag(" bare "), *map(str, parts)]
                lists = [field.errors.as_ul() for field in form]
                drawn.append([*words, *lists, *(str(part) for line in parts for part in line)])
        assert drawn[0] == drawn[1]


def test_every_field_of_djangos_that_is_drawn_here_is_compared() -> None:
    drawn = {name for name in DRAWN if name.startswith("django/forms/widgets/")}
    assert {widget.template_name for widget in (*INPUTS, *LISTS)} == drawn

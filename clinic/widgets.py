"""Fields of forms, drawn without a template for each of their options.

Django draws an option by two templates: a list of countries, and the patient's form has two, takes a thousand
of them. What is drawn here is the same to the letter (tests/clinic/test_widgets.py).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeData, SafeString

HOME = "django/forms/widgets/"
OPTION = f"{HOME}select_option.html"


class Renderer(DjangoTemplates):
    """Draws inputs, lists and labels by itself, and everything else by Django's templates."""

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        """The field as HTML."""
        draw = DRAWN.get(template_name)
        drawn = draw(context) if draw else None
        return super().render(template_name, context, request) if drawn is None else SafeString(drawn)


def _input(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    value = widget["value"]
    given = "" if value is None else f' value="{_escaped(value)}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return f'<input type="{kind}" name="{name}"{given}{_attrs(widget["attrs"])}>'


def _textarea(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    value = _shown(widget["value"]) if widget["value"] else ""
    return (
        f'<textarea name="{conditional_escape(widget["name"])}"{_attrs(widget["attrs"])}>\n{value}</textarea>'
    )


def _select(context: Mapping[str, Any]) -> str | None:
    """The list; None where an option has a way of its own to be drawn."""
    widget = context["widget"]
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attrs(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_shown(group)}">')
        for option in options:
            if option["template_name"] != OPTION:
                return None
            value, label = _escaped(option["value"]), _shown(option["label"])
            parts.append(f'\n  <option value="{value}"{_attrs(option["attrs"])}>{label}</option>\n')
        if group:
            parts.append("\n  </optgroup>")
    return "".join((*parts, "\n</select>"))


def _label(context: Mapping[str, Any]) -> str:
    label, tag = _shown(context["label"]), conditional_escape(context["tag"])
    return f"<{tag}{_attrs(context['attrs'] or {})}>{label}</{tag}>" if context["use_tag"] else label.strip()


def _no_errors(context: Mapping[str, Any]) -> str | None:
    """Nothing, which is what most fields have; None where there is an error to be drawn."""
    return None if context["errors"] else ""


def _attrs(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{_escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _escaped(value: Any) -> str:
    """As it is stored: not in the notation of the language."""
    return value if isinstance(value, SafeData) else escape(str(value))  # type: ignore[return-value]


def _shown(value: Any) -> str:
    """As people read it."""
    return conditional_escape(localize(value))


INPUTS = (
    "text",
    "number",
    "email",
    "url",
    "tel",
    "search",
    "color",
    "password",
    "hidden",
    "date",
    "datetime",
)
DRAWN: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = MappingProxyType(
    {
        **{f"{HOME}{name}.html": _input for name in (*INPUTS, "time", "checkbox", "file")},
        f"{HOME}select.html": _select,
        f"{HOME}textarea.html": _textarea,
        "django/forms/label.html": _label,
        "django/forms/errors/list/ul.html": _no_errors,
        "django/forms/errors/list/default.html": _no_errors,
    }
)

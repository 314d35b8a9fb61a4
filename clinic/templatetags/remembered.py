"""Django's `translate` and `url`, which remember: a page says forty words and looks up fifteen addresses.

Only where the template itself holds all there is to know: the word in a language, the address in a URL
configuration. Whatever names a variable is Django's.
"""

from typing import Any

from django import template
from django.template.base import FilterExpression, Variable
from django.template.defaulttags import URLNode, url
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Word(TranslateNode):
    """A word of the template, translated once into each language."""

    def __init__(self, node: TranslateNode) -> None:
        self.__dict__.update(node.__dict__)
        self._said: dict[str | None, Any] = {}

    def render(self, context: Any) -> Any:
        """The word in the language in use."""
        language = get_language()
        if language not in self._said:
            self._said[language] = super().render(context)
        return self._said[language]


class Address(URLNode):
    """A page's address without arguments, looked up once on each site."""

    def __init__(self, node: URLNode) -> None:
        self.__dict__.update(node.__dict__)
        self._found: dict[tuple[Any, ...], str] = {}
        self._name = node.asvar

    def render(self, context: Any) -> str:
        """The address, or nothing: then it stands in the context by its name."""
        request = getattr(context, "request", None)
        match = getattr(request, "resolver_match", None)
        app = getattr(request, "current_app", getattr(match, "namespace", None))
        key = (get_urlconf(), get_script_prefix(), app)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._looked_up(context, app)
        if self._name:
            context[self._name] = found
            return ""
        return conditional_escape(found) if context.autoescape else found

    def _looked_up(self, context: Any, app: str | None) -> str:
        try:
            return reverse(self.view_name.resolve(context), current_app=app)
        except NoReverseMatch:
            if self._name is None:
                raise
            return ""


@register.tag("translate")
@register.tag("trans")
def translate(parser: Any, token: Any) -> Any:
    """Django's own; of a word that stands in the template, one that remembers."""
    node = do_translate(parser, token)
    is_plain = not (node.asvar or node.message_context or node.filter_expression.filters)
    var = node.filter_expression.var
    return Word(node) if is_plain and isinstance(var, Variable) and var.literal is not None else node


@register.tag("url")
def address(parser: Any, token: Any) -> Any:
    """Django's own; of a page without arguments, one that remembers."""
    node = url(parser, token)
    return Address(node) if _is_constant(node.view_name) and not (node.args or node.kwargs) else node


def _is_constant(expression: FilterExpression) -> bool:
    return isinstance(expression.var, str) and not expression.filters

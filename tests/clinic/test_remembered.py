"""Words and addresses of templates are remembered for what they depend on, and for nothing else."""

from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.test.utils import override_script_prefix
from django.urls import NoReverseMatch, get_urlconf, reverse, set_urlconf
from django.utils import translation

from clinic.templatetags.remembered import Address, Word


def drawn(source: str) -> Any:
    template = engines["django"].from_string(source)
    return lambda **facts: template.render(facts)


@pytest.mark.parametrize("load", ["", "{% load i18n %}"])
@pytest.mark.parametrize("tag", ["translate", "trans"])
def test_a_word_is_said_in_the_language_in_use_each_time(load: str, tag: str) -> None:
    say = drawn(f"{load}{{% {tag} 'Yes' %}} & {{% {tag} '100% <sure>' %}}")
    for language, word in (("en", "Yes"), ("de", "Ja"), ("fr", "Oui"), ("en", "Yes"), ("de", "Ja")):
        with translation.override(language):
            assert say() == f"{word} & 100% <sure>"


def test_what_a_variable_says_is_not_remembered() -> None:
    say = drawn("{% translate word %}{% translate 'Yes'|cut:rest %}{% translate 'Yes' as yes %}{{ yes }}")
    with translation.override("de"):
        assert say(word="No", rest="e") == "NeinJaJa"
        assert say(word="<b>", rest="J") == "&lt;b&gt;aJa"


def test_an_address_is_that_of_the_site_one_is_on() -> None:
    find = drawn("{% url 'account_login' %} {% url 'scheduling:day' as day %}{{ day|default:'none' }}")
    before = get_urlconf()
    try:
        for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF) * 2:
            set_urlconf(urlconf)
            day = "none" if urlconf == settings.PUBLIC_SCHEMA_URLCONF else reverse("scheduling:day")
            assert find() == f"{reverse('account_login')} {day}"
            with override_script_prefix("/a&b/"):
                assert find().startswith("/a&amp;b/accounts/")
    finally:
        set_urlconf(before)


def test_an_address_that_is_not_there_is_an_error_each_time() -> None:
    find = drawn("{% url 'nothing:at_all' %}")
    for _time in range(2):
        with pytest.raises(NoReverseMatch):
            find()


def test_an_address_is_escaped_where_the_page_is() -> None:
    find = drawn("{% url 'account_login' %}{% autoescape off %}{% url 'account_login' %}{% endautoescape %}")
    with override_script_prefix("/a&b/"):
        assert find() == "/a&amp;b/accounts/login//a&b/accounts/login/"


def test_only_what_stands_in_the_template_is_remembered() -> None:
    words = "{% translate 'Yes' %}{% translate word %}{% translate 'Yes' as yes %}"
    words += "{% translate 'Yes' context 'x' %}{% translate 'Yes'|lower %}"
    addresses = "{% url 'account_login' %}{% url name %}{% url 'account_login' as to %}"
    addresses += "{% url 'members:patient' pk=1 %}"
    nodes = engines["django"].from_string(words + addresses).template.nodelist
    assert sum(isinstance(node, Word) for node in nodes) == 1
    assert sum(isinstance(node, Address) for node in nodes) == 2

"""What is sent to people is whole in every language, and compiled as it is written."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.db import models
from django.utils.translation.template import templatize

from billing.models import Invoice, Payment

HOME = Path(settings.BASE_DIR)
OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "_": None}
# Papers that go out with letters, and the states and ways of paying that they name.
PAPERS = ("billing/sheets.py", "billing/papers.py", "billing/models/statements.py", "clinic/pdf/__init__.py")
NAMED: tuple[type[models.TextChoices], ...] = (Invoice.Status, Payment.Method)


def folder(language: str) -> Path:
    return HOME / "locale" / language / "LC_MESSAGES"


def catalog(language: str) -> Catalog:
    with (folder(language) / "django.po").open("rb") as written:
        return read_po(written, locale=language, domain="django")


def sentences() -> set[str | tuple[str, ...]]:
    """All that the templates of letters and text messages say."""
    found: set[str | tuple[str, ...]] = set()
    for template in (HOME / "templates").rglob("*.txt"):
        source = templatize(template.read_text(), origin=str(template)).encode()
        found |= {message for _line, message, *_rest in extract("python", BytesIO(source), KEYWORDS)}
    return found | papers()


def papers() -> set[str | tuple[str, ...]]:
    """What stands on the papers that letters enclose, and what it names."""
    said: set[str | tuple[str, ...]] = {str(label) for kind in NAMED for label in kind.labels}
    for path in PAPERS:
        with (HOME / path).open("rb") as source:
            said |= {message for _line, message, *_rest in extract("python", source, KEYWORDS)}
    return said


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_that_is_sent_is_translated(language: str) -> None:
    translated = {message.id: message for message in catalog(language) if message.id}
    wanted = sentences()
    assert len(wanted) > 60
    assert wanted == set(translated), "translate what is new, take out what is gone: make translations"
    for message in translated.values():
        assert not message.fuzzy
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        for text in texts:
            assert text, message.id
            assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", ids[0]))


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalog(language))
    stored = (folder(language) / "django.mo").read_bytes()
    assert compiled.getvalue() == stored, "make translations"

"""ICD-10: what doctors call what they found, so that others can count and compare it."""

import re
from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Case, Value, When
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import Folded, fold

# A code as people type it: e11, E11.9, e119; the dot is where it always is.
_CODE = re.compile(r"([a-z]\d{1,2})\.?(\d{0,2})", re.IGNORECASE)
# Signs that mean something to PostgreSQL's search are no part of a word.
_WORD = re.compile(r"[^\s\\&|!()<>:*\"\[\]\0]+")
LONGEST_QUERY = 100


def plain(text: str) -> str:
    """`text` as the search column holds it: folded, and anaemia spelt as anemia, oedema as edema."""
    return fold(text).replace("ae", "e").replace("oe", "e")


class Plain(Folded):
    """The SQL of `plain`."""

    template = f"replace(replace({Folded.template}, 'ae', 'e'), 'oe', 'e')"


class DiagnosisCodeQuerySet(models.QuerySet):
    """Words for codes."""

    def search(self, text: str, usual: Iterable[str] = ()) -> Self:
        """Those meant by `text`: a code or its beginning, beginnings of words of the title, or both.

        Accents and the words' order do not matter. Codes that begin as typed come first, then the `usual`
        ones, then the shortest titles, which say least beside what was typed. Nothing typed means nothing.
        """
        words = [word for word in _WORD.findall(text[:LONGEST_QUERY]) if plain(word).strip()]
        meant, coded = models.Q(), models.Q(pk__in=[])
        for word in words:
            named, code = _titled(word), _coded(word)
            meant &= named | code
            coded |= code
        found = self.alias(words=SearchVector("search", config="simple")).filter(meant)
        first = When(coded, then=Value(0)), When(code__in=list(usual), then=Value(1))
        rank = Case(*first, default=Length("title"))
        return found.order_by(rank, "code") if words else self.none()


def _titled(word: str) -> models.Q:
    wanted = " & ".join(f"'{part}':*" for part in plain(word).split())
    return models.Q(words=SearchQuery(wanted, config="simple", search_type="raw"))


def _coded(word: str) -> models.Q:
    found = _CODE.fullmatch(word)
    if not found:
        return models.Q(pk__in=[])
    category, rest = found.groups()
    return models.Q(code__startswith=category.upper() + (f".{rest}" if rest else ""))


class DiagnosisCode(models.Model):
    """One category or subcategory of ICD-10 (WHO, version 2019; records/terminology/data/README.md)."""

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    title = models.CharField(_("title"), max_length=300)
    search = models.GeneratedField(
        expression=Plain("title"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = DiagnosisCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("diagnosis code")
        verbose_name_plural = _("diagnosis codes")
        ordering = ("code",)
        indexes = (GinIndex(SearchVector("search", config="simple"), name="diagnosis_code_search"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

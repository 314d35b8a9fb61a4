"""FHIR Composition: what somebody wrote about a visit, in sections of plain text."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.fhir.codes import words
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.fhir.narrative import PROGRESS, sections
from records.history.fhir import facts, moments
from records.history.models import OutsideNote
from records.models import Consultation

MAPPED = ("status", "type", "subject", "encounter", "date", "author", "title", "section", "custodian")
AFTER = ("Patient", "Encounter", "Practitioner", "Organization")
# Text of one section; longer ones are cut, and marked so.
LONGEST = 20_000
# After these a new line begins.
BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"})


@reads("Composition", after=AFTER, maps=MAPPED)
def read_composition(resource: Resource, bringing: Bringing) -> Answer:
    """The text, section by section; how it was laid out is left behind."""
    own = bringing.find(resource.get("encounter"), Consultation)
    if own is not None:
        # Written here, and come back: it is the consultation's own text.
        return Known(own)
    who = facts.told(resource, bringing, by=[*(resource.get("author") or []), resource.get("custodian")])
    rows = [row for each in resource.get("section") or [] for row in _sections(each)]
    if not rows:
        raise LeftOut(_("It holds no text."))
    return OutsideNote.objects.create(
        **who,
        **facts.in_visit(resource, bringing, who["patient"]),
        **moments.when(resource.get("date")).facts,
        title=facts.fit(resource.get("title") or words(resource.get("type")), facts.TITLE),
        reported_status=str(resource.get("status")),
        sections=rows,
    )


def _sections(section: Resource) -> Iterator[dict[str, str]]:
    """A section and those within it, one after the other."""
    text = plain((section.get("text") or {}).get("div", ""))
    if text:
        title = facts.fit(section.get("title") or words(section.get("code")), facts.TITLE)
        yield {"title": title, "text": facts.fit(text, LONGEST)}
    for inner in section.get("section") or []:
        yield from _sections(inner)


class _Text(HTMLParser):
    """The text of XHTML, with its lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """A break is a new line."""
        if tag == "br":
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """So is the end of a block."""
        if tag in BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """What is read."""
        self.parts.append(data)


def plain(xhtml: str) -> str:
    """The text of a Narrative, without its markup."""
    reader = _Text()
    reader.feed(xhtml)
    reader.close()
    return "".join(reader.parts).strip()


@writes(OutsideNote, "Composition", rows=lambda: facts.rows(OutsideNote))
def write_composition(note: OutsideNote, writing: Writing) -> Resource:
    """The note as it was told."""
    author = facts.person(note, writing) or facts.teller(note)
    return {
        **facts.head(note, writing),
        "type": PROGRESS,
        "date": moments.written(note.happened_at, note.precision) or note.created_at,
        "author": [author],
        "custodian": facts.place(note, writing),
        "title": note.title,
        "section": sections((row["title"], row["text"]) for row in note.sections),
    }

"""Bringing in: resources in the order of what depends on what, each by the reader that takes it, once."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import structlog
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext_lazy as _

from clinic.fhir.checking import problem_of, unnamed
from clinic.fhir.references import (
    UUIDS,
    Identity,
    base_of,
    identifiers_of,
    identity_of,
    logical_target_of,
    target_of,
)
from clinic.fhir.table import Answer, Known, LeftOut, Reader, Resource, readers_of, types_read, writers
from clinic.models import Refusal
from clinic.moving.journal import Journal
from clinic.moving.models import ImportedRecord

log = structlog.get_logger(__name__)
M = TypeVar("M", bound=models.Model)

# What may become of a resource.
CREATED, FOUND, UNCHANGED, CHANGED, LEFT_OUT = "created", "found", "unchanged", "changed", "left_out"
# What says nothing of the patient.
OF_THE_SYSTEM = frozenset({"resourceType", "id", "meta", "text", "implicitRules", "contained", "extension"})
# What may differ while the record is the same; no extension is taken over.
UNSAID = ("meta", "text", "extension", "implicitRules")
# A resource may be valid and still be nothing a reader has thought of, or nested beyond what anybody reads.
NOT_UNDERSTOOD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


class Entry(NamedTuple):
    """A resource with the address its bundle gives it ("" without one)."""

    full_url: str
    resource: Resource


class Bringing:
    """An import at work: what it was asked, what it has found and made, what it leaves out and why."""

    def __init__(
        self, journal: Journal, *, by: Any, system: str = "", choices: Mapping[str, str] | None = None
    ) -> None:
        self.journal, self.by, self.system = journal, by, system
        # What somebody has decided in the preview: of which patient of ours a new one is the same person.
        self.choices = choices or {}
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.elements: Counter[tuple[str, str]] = Counter()
        # What somebody should look at: patients who may be here already.
        self.doubts: list[dict[str, Any]] = []
        self._brought: dict[Identity, models.Model | None] = {}
        # Names under which something is known already, even if it was removed here since.
        self._taken: set[Identity] = set()
        self._made: set[tuple[str, Any]] = set()
        self._kinds: dict[tuple[str, str], str] = {}
        # What stands in the file that is being read, for what is said only there.
        self._resources: dict[Identity, Resource] = {}
        # The name of the resource that is being read, and the system its relative references are of.
        self.name, self._base = Identity("", "", ""), system

    # What a reader asks -----------------------------------------------------------------------------

    def find(self, reference: Any, model: type[M]) -> M | None:
        """The record of `model` that a FHIR Reference (or its text) points to, if it came here."""
        found = self._resolved(reference)
        return found if isinstance(found, model) else None

    def first(self, references: Iterable[Any], model: type[M]) -> M | None:
        """The record that the first of them points to which came here as a `model`."""
        return next(filter(None, (self.find(each, model) for each in references)), None)

    def need(self, reference: Any, model: type[M]) -> M:
        """The same; without it the resource that refers to it is left out."""
        found = self.find(reference, model)
        if found is None:
            raise LeftOut(
                _("What it refers to was not brought in: {what}.").format(what=model._meta.verbose_name)
            )
        return found

    def resource(self, reference: Any) -> Resource:
        """The resource of the same file that a FHIR Reference points to; empty when it is not there.

        For what a reader takes over in words, without a record of its own: a medicine, a reason, a place.
        """
        name = self._name_of(reference or {})
        return self._resources.get(name, {}) if name else {}

    def by_identifiers(self, resource: Resource, model: type[M]) -> M | None:
        """Who is known here under one of the resource's identifiers."""
        names = identifiers_of(resource)
        return next((found for found in map(self._record_of, names) if isinstance(found, model)), None)

    def has_made(self, record: models.Model) -> bool:
        """Whether the record is new, and goes when this import is taken back."""
        return (record._meta.label, record.pk) in self._made

    def note(self, kind: str, reason: Any) -> None:
        """Count something that is left out."""
        self.reasons[kind, str(reason)] += 1

    # What an import does ------------------------------------------------------------------------------

    def bring(self, entries: Sequence[Entry]) -> None:
        """Bring in what one file holds. What cannot be is counted with its reason; nothing stops the rest."""
        self._brought, self._kinds = {}, {}
        named = self._named(entries)
        self._resources = {name: entry.resource for name, entry in named.items()}
        standing, own = self._standing(named), _our_own(named)
        order = {kind: place for place, kind in enumerate(types_read())}
        fresh = []
        for name, entry in named.items():
            if name in own:
                self._brought[name] = own[name]
                self.counts[name.kind][UNCHANGED] += 1
            elif name in standing:
                is_same = standing[name] == fingerprint(entry.resource)
                self.counts[name.kind][UNCHANGED if is_same else CHANGED] += 1
            elif name.kind in order:
                fresh.append((order[name.kind], name, entry))
            else:
                self._leave_out(name.kind, _("Nothing here holds this."))
        for _place, name, entry in sorted(fresh, key=lambda each: each[0]):
            self._bring_one(name, entry)
        self.journal.close()

    def summary(self) -> dict[str, Any]:
        """What has become of everything, as the run keeps it: numbers and reasons, nobody's data."""
        return {
            "records": dict(Counter(label for label, _key in self._made)),
            "types": {kind: dict(each) for kind, each in sorted(self.counts.items())},
            "reasons": [[*key, count] for key, count in self.reasons.most_common()],
            "elements": [[*key, count] for key, count in self.elements.most_common()],
        }

    def _named(self, entries: Iterable[Entry]) -> dict[Identity, Entry]:
        named: dict[Identity, Entry] = {}
        for entry in entries:
            kind = entry.resource["resourceType"]
            name = identity_of(entry.full_url, entry.resource, self.system)
            if name is None:
                self._leave_out(kind, unnamed(entry.resource))
            elif name in named:
                self._leave_out(kind, _("It stands in the file twice."))
            else:
                named[name] = entry
                self._kinds[name.source, name.key] = kind
        return named

    def _standing(self, named: Iterable[Identity]) -> dict[Identity, str]:
        """What was brought in before, with the fingerprint of what was read then."""
        sources: dict[str, set[str]] = defaultdict(set)
        for name in named:
            sources[name.source].add(name.key)
        found: dict[Identity, str] = {}
        for source, keys in sources.items():
            rows = ImportedRecord.objects.filter(source=source, key__in=keys)
            for kind, key, print_ in rows.values_list("kind", "key", "fingerprint"):
                found[Identity(source, kind, key)] = print_
        return found

    def _bring_one(self, name: Identity, entry: Entry) -> None:
        self.name, self._base = name, base_of(entry.full_url) or self.system
        if problem := problem_of(entry.resource):
            self._leave_out(name.kind, problem)
            return
        try:
            print_ = fingerprint(entry.resource)
            with transaction.atomic():
                reader, answer = _read(entry.resource, self)
        except (LeftOut, Refusal) as refusal:
            self._leave_out(name.kind, getattr(refusal, "reason", "") or getattr(refusal, "message", ""))
            return
        except (*NOT_UNDERSTOOD, DatabaseError):
            log.exception("fhir_resource_not_read", type=name.kind)
            self._leave_out(name.kind, _("It could not be understood."))
            return
        if reader is None:
            self._leave_out(name.kind, _("Nothing here holds this."))
            return
        self._keep(name, entry.resource, answer, print_)
        self._note_elements(reader, entry.resource)

    def _keep(self, name: Identity, resource: Resource, answer: Answer, print_: str) -> None:
        """Remember what the resource has become, under its own name and under its identifiers."""
        was_here = isinstance(answer, Known)
        made = [answer.record] if isinstance(answer, Known) else _several(answer)
        self.counts[name.kind][FOUND if was_here else CREATED] += 1
        self._brought[name] = made[0]
        for number, record in enumerate(made, start=1):
            key = name.key if number == 1 else f"{name.key}#{number}"
            self._note_record(Identity(name.source, name.kind, key), record, print_, created=not was_here)
        for other in identifiers_of(resource):
            self._record_of(other)
            if other != name and other not in self._taken:
                self._brought[other] = made[0]
                self._note_record(other, made[0], print_, created=False)

    def _note_record(self, name: Identity, record: models.Model, print_: str, *, created: bool) -> None:
        self._taken.add(name)
        if created:
            self._made.add((record._meta.label, record.pk))
        note = self.journal.made if created else self.journal.found
        note(record, name.kind, name.key, source=name.source, of=print_)

    def _note_elements(self, reader: Reader, resource: Resource) -> None:
        """Count what stands in the resource and is held nowhere here."""
        if reader.maps is None:
            return
        for element in resource.keys() - reader.maps - OF_THE_SYSTEM:
            self.elements[reader.kind, element] += 1
        for extension in resource.get("extension") or []:
            if extension.get("url") not in reader.maps:
                named = re.search(r"[A-Za-z0-9-]{1,60}$", str(extension.get("url", "")))
                self.elements[reader.kind, named[0] if named else "extension"] += 1

    def _leave_out(self, kind: str, reason: Any) -> None:
        self.counts[kind][LEFT_OUT] += 1
        self.note(kind, reason)

    # References ---------------------------------------------------------------------------------------

    def _resolved(self, reference: Any) -> models.Model | None:
        if isinstance(reference, str):
            reference = {"reference": reference}
        if not isinstance(reference, dict):
            return None
        name = self._name_of(reference)
        found = self._record_of(name) if name else None
        if found is None and (logical := logical_target_of(reference)):
            found = self._record_of(logical)
        return found

    def _name_of(self, reference: Resource) -> Identity | None:
        literal = str(reference.get("reference") or "")
        name = target_of(literal, kind=str(reference.get("type") or ""), base=self._base)
        return name.with_kind(self._kinds) if name else None

    def _record_of(self, name: Identity) -> models.Model | None:
        name = name.with_kind(self._kinds)
        if name not in self._brought:
            self._brought[name] = self._stored(name)
        return self._brought[name]

    def _stored(self, name: Identity) -> models.Model | None:
        """What an earlier import, or an earlier file, has made of this name."""
        kinds = {"kind": name.kind} if name.kind else {}
        rows = ImportedRecord.objects.filter(source=name.source, key=name.key, **kinds)
        found = rows.values_list("model", "record_id").first()
        if found is None:
            return None
        self._taken.add(name)
        return apps.get_model(found[0]).objects.filter(pk=found[1]).first()


def _our_own(named: Iterable[Identity]) -> dict[Identity, models.Model]:
    """What was given out here and comes back: our own keys are UUIDs, which nobody else's are."""
    keys: dict[str, dict[str, Identity]] = defaultdict(dict)
    for name in named:
        if name.source == UUIDS:
            keys[name.kind][name.key] = name
    own: dict[Identity, models.Model] = {}
    for writer in writers():
        names = keys.get(writer.kind, {})
        rows = writer.model.objects.filter(pk__in=names)  # type: ignore[attr-defined]
        for record in rows if names else ():
            own[names[str(record.pk)]] = record
    return own


def _read(resource: Resource, bringing: Bringing) -> tuple[Reader | None, Answer]:
    for reader in readers_of(resource["resourceType"]):
        answer = reader.read(resource, bringing)
        if answer is not None:
            return reader, answer
    return None, None


def _several(answer: Any) -> list[models.Model]:
    return [answer] if isinstance(answer, models.Model) else list(answer)


def fingerprint(resource: Resource) -> str:
    """SHA-256, in hexadecimal, of what the resource says, whatever the order of its properties."""
    said = {name: value for name, value in resource.items() if name not in UNSAID}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

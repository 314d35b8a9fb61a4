"""The audit trail in plain words: who did what with whose record, and what stood there before and after."""

import datetime
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from clinic.audit.models import AuditEvent
from clinic.templatetags.clinic import day, day_time
from records.documents.models import HealthRecord, RecordFile

# What a column of these names holds opens something, or means nothing to anybody.
UNSAID = ("token", "hash", "secret", "search", "backwards")


class Change(NamedTuple):
    """One field of a row: its name in words, and what it said before and after."""

    label: str
    before: str
    after: str


def find(
    *,
    who: str = "",
    patient: str = "",
    action: str = "",
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
    before: int | None = None,
) -> models.QuerySet:
    """The entries that were asked for, the latest first; `before` is the number of the last one seen."""
    found = AuditEvent.objects.order_by("-id")
    if who:
        found = found.filter(actor_label__icontains=who)
    if patient:
        found = found.filter(patient_id__in=PatientProfile.objects.search(patient).order_by().values("pk"))
    given = {"action": action, "at__gte": since, "at__lt": until, "id__lt": before}
    return found.filter(**{name: value for name, value in given.items() if value})


def with_patients(entries: Iterable[AuditEvent]) -> list[AuditEvent]:
    """The entries with the patient each is about (`patient`), in one statement."""
    listed = list(entries)
    keys = {entry.patient_id for entry in listed if entry.patient_id}
    known = PatientProfile.objects.with_people().in_bulk(keys)
    for entry in listed:
        entry.patient = known.get(entry.patient_id)  # type: ignore[attr-defined]
    return listed


def may_read_content(entry: AuditEvent, member: Member) -> bool:
    """Whether what the row said is shown to `member`: a sensitive record's is not to everybody."""
    if entry.table_name == HealthRecord._meta.db_table:
        return HealthRecord.objects.visible_to(member).filter(pk=entry.row_id).exists()
    if entry.table_name == RecordFile._meta.db_table:
        return HealthRecord.objects.visible_to(member).filter(files__pk=entry.row_id).exists()
    return True


def changes(entry: AuditEvent) -> list[Change]:
    """What the entry says field by field, people by their names."""
    model = next((each for each in apps.get_models() if each._meta.db_table == entry.table_name), None)
    old, new = entry.old or {}, entry.new or {}
    names = [name for name in {**old, **new} if not any(part in name for part in UNSAID)]
    fields = {name: _field(model, name) for name in names}
    people = _people(fields, old, new)
    return [
        Change(
            capfirst(str(field.verbose_name)) if field else name,
            _said(field, old.get(name), people),
            _said(field, new.get(name), people),
        )
        for name, field in fields.items()
        if field is None or not field.primary_key
    ]


def _field(model: Any, column: str) -> Any:
    """The model's field of this column; None when there is none any more."""
    for name in (column, column.removesuffix("_id")):
        try:
            return model._meta.get_field(name) if model else None
        except FieldDoesNotExist:
            continue
    return None


def _people(fields: dict[str, Any], *rows: dict[str, Any]) -> dict[str, str]:
    """The names of the members whom the columns point to; a profile's key is its member's."""
    pointing = [name for name, field in fields.items() if field is not None and _is_person(field)]
    keys = {row[name] for row in rows for name in pointing if row.get(name)}
    return {str(member.pk): member.name for member in Member.objects.filter(pk__in=keys)} if keys else {}


def _is_person(field: Any) -> bool:
    to = field.related_model
    return bool(to and (to is Member or to._meta.pk.related_model is Member))


def _said(field: Any, value: Any, people: dict[str, str]) -> str:
    """A stored value as people say it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    if field is None:
        return text
    if field.choices:
        return str(dict(field.flatchoices).get(value, text))
    return people.get(text) or _moment(field, text)


def _moment(field: Any, text: str) -> str:
    """A day or a moment in the clinic's notation; anything else as it is."""
    if isinstance(field, models.DateTimeField):
        return day_time(parse_datetime(text)) or text
    if isinstance(field, models.DateField):
        return day(parse_date(text)) or text
    return text

"""What was done elsewhere, as the patient reads it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.exports.table import Block, Given, section
from records.history.models import (
    DiagnosticReport,
    Immunization,
    OutsideNote,
    OutsideObservation,
    PastEncounter,
    PastMedication,
    PastProcedure,
    Told,
)

KINDS: tuple[type[Told], ...] = (
    *(PastEncounter, PastProcedure, Immunization, PastMedication),
    *(DiagnosticReport, OutsideObservation, OutsideNote),
)


@section(65, gettext_lazy("Done elsewhere, or before"))
def history(given: Given) -> Iterator[Block]:
    """Each kind by itself, with whose word it is."""
    for model in KINDS:
        found: Any = model.objects
        rows = [_row(one) for one in found.filter(patient=given.patient).order_by("happened_at", "id")]
        if rows:
            head = (_("When"), _("What"), _("Result"), _("Told by"))
            yield Block(str(model._meta.verbose_name_plural).capitalize(), head=head, rows=rows)


def _row(one: Any) -> tuple[str, ...]:
    state = _("Withdrawn: it was wrong") if one.entered_in_error_at else ""
    said = [_result(one), one.note, state]
    return (
        one.when,
        one.title,
        "\n".join(part for part in said if part),
        one.source,
    )


def _result(one: Any) -> str:
    """What came of it, where there is anything to say."""
    if isinstance(one, OutsideObservation):
        value = "" if one.value is None else f"{one.comparator}{one.value.normalize():f} {one.unit}".strip()
        return value or one.text
    if isinstance(one, PastMedication):
        return one.dosage
    if isinstance(one, OutsideNote):
        return "\n".join(str(each.get("text", "")) for each in one.sections)
    return getattr(one, "conclusion", "")

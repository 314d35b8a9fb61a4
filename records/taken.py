"""What a patient takes by the word of others: rooms above say where they keep it.

The check of prescriptions and the doctor's sight read it here, and only here. Whoever adds a source adds its
rows to the database's function records_covers too: a check is good for what it has looked at.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Taken(NamedTuple):
    """A medicine the patient may be taking, as it was written, and who said so."""

    medicine: str
    dosage: str = ""
    told_by: str = ""


Source = Callable[[Any], Iterable[Taken]]
_sources: list[Source] = []


def also_taken(source: Source) -> Source:
    """Ask `source` as well, which gives the medicines of a patient by the patient's key."""
    if source not in _sources:
        _sources.append(source)
    return source


def taken_elsewhere(patient_id: Any) -> list[Taken]:
    """What the patient may be taking besides what was prescribed here."""
    return [found for source in _sources for found in source(patient_id)]

"""Files as they are given out, and the list of them that the patient reads."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.exports.rows import objects, rows_of
from clinic.exports.table import Block, Given, GivenFile, files, section
from clinic.templatetags.clinic import day
from records.documents.models import HealthRecord, StoredFile
from records.documents.models.file import EXTENSIONS
from records.documents.storage import Altered, content_of, kinds


@files
def stored_files(given: Given) -> Iterator[GivenFile]:
    """Every file of every kind that is filed here, one after the other."""
    for model in kinds():
        found = rows_of(model, given)
        if found is None:
            continue
        for file in objects(found):
            yield GivenFile(name_of(file), partial(opened, file))


def name_of(file: StoredFile) -> str:
    """Under its table and its key: no two are the same, and no name can lead out of the folder."""
    return f"{file._meta.db_table}/{file.pk}.{EXTENSIONS[file.media_type]}"


def opened(file: StoredFile) -> IO[bytes]:
    """What was stored. Raises OSError when it is gone or something else."""
    try:
        return BytesIO(content_of(file))
    except Altered as problem:
        raise OSError(str(problem)) from problem


@section(60, gettext_lazy("Documents"))
def documents(given: Given) -> Iterator[Block]:
    """What was filed, each with the names of its files and its values."""
    found = HealthRecord.objects.filter(patient=given.patient)
    if not given.with_sensitive:
        found = found.filter(is_sensitive=False)
    for one in found.prefetch_related("files").order_by("recorded_on", "id"):
        facts = [
            (_("What it is"), one.get_kind_display()),
            (_("From"), one.source),
            (_("State"), one.get_status_display()),
            (_("Files"), "\n".join(f"{file.name} (files/{name_of(file)})" for file in one.files.all())),
        ]
        values = [(row["name"], row["value"], row["unit"]) for row in one.data]
        head = (_("Measured"), _("Value"), _("Unit")) if values else ()
        yield Block(f"{day(one.recorded_on)} · {one.title}", facts, head, values, one.description)

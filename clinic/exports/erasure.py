"""What becomes of copies that hold everything about a person who is erased."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from clinic.erasure.table import IDENTITY, declare, has_files, schema_of, stands_in_the_way, told_of
from clinic.exports.models import UNDER_WAY, Export

declare(Export, "patient", delete=IDENTITY)
told_of(Export, "patient")


@stands_in_the_way
def copies_of_everything(patient_id: Any) -> Iterator[Any]:
    """A copy of the whole clinic holds this person as well."""
    if Export.objects.filter(patient__isnull=True, status__in=[*UNDER_WAY, Export.Status.READY]).exists():
        yield _("There is a copy of the whole clinic. Delete it first: this patient is in it too.")
    if Export.objects.filter(patient=patient_id, status__in=UNDER_WAY).exists():
        yield _("A copy for this patient is being prepared. Wait until it is ready.")


@has_files
def files_of(patient_id: Any, phase: str, using: str) -> list[Path]:
    """The copies of the patient's own record."""
    if phase != IDENTITY:
        return []
    folder = Path(settings.EXPORT_ROOT) / schema_of(using)
    own = Export.objects.using(using).filter(patient=patient_id)
    return [
        folder / f"{key}{ending}" for key in own.values_list("pk", flat=True) for ending in (".zip", ".part")
    ]

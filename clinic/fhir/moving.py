"""FHIR as a kind of import."""

from django.utils.translation import gettext_lazy as _

from clinic.fhir.services import bring_bundles
from clinic.moving.kinds import Kind, enter

enter(
    Kind("fhir", _("Records from another system (FHIR)"), "file-medical", "fhir:bundles", bring_bundles, 50)
)

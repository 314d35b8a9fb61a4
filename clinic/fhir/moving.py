"""FHIR as a kind of import."""

from django.utils.translation import gettext_lazy as _

from clinic.fhir.services import bring_bundles
from clinic.moving.kinds import Kind, enter

enter(
    Kind(
        "fhir",
        _("Records from another system (FHIR)"),
        "file-medical",
        "fhir:bundles",
        bring_bundles,
        50,
        _("Whole patients with visits, results, medicines and vaccinations, as FHIR R4"),
        begin="fhir:upload_bundles",
        result="members:patient_list",
        is_whole=True,
    )
)

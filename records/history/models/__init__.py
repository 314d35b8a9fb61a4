"""What others did for our patients, with who says so."""

from records.history.models.encounter import PastEncounter
from records.history.models.immunization import Immunization
from records.history.models.medication import PastMedication
from records.history.models.note import OutsideNote
from records.history.models.observation import OutsideObservation
from records.history.models.people import OutsideOrganization, OutsidePractitioner
from records.history.models.procedure import PastProcedure
from records.history.models.report import DiagnosticReport, ReportResult
from records.history.models.told import Coded, Precision, Told

__all__ = [
    "Coded",
    "DiagnosticReport",
    "Immunization",
    "OutsideNote",
    "OutsideObservation",
    "OutsideOrganization",
    "OutsidePractitioner",
    "PastEncounter",
    "PastMedication",
    "PastProcedure",
    "Precision",
    "ReportResult",
    "Told",
]

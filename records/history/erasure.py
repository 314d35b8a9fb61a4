"""What becomes of what was done elsewhere, or told: all of it goes when its time is over."""

from clinic.erasure.table import CLINICAL, declare
from records.history.models import (
    DiagnosticReport,
    Immunization,
    OutsideNote,
    OutsideObservation,
    PastEncounter,
    PastMedication,
    PastProcedure,
    ReportResult,
)

for _model in (
    *(PastEncounter, Immunization, PastProcedure, PastMedication),
    *(DiagnosticReport, ReportResult, OutsideObservation, OutsideNote),
):
    declare(_model, "patient", delete=CLINICAL)

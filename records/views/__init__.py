"""The pages of records."""

from records.views.charts import portal_prescriptions
from records.views.consultations import (
    add_addendum,
    cancel_consultation,
    consultation,
    consultation_list,
    keep_consultation,
    kept_consultation,
    save_consultation,
    sign_consultation,
    start_consultation,
    start_walk_in,
)
from records.views.prescriptions import (
    activate_prescription,
    cancel_prescription,
    complete_prescription,
    prescribe,
    prescription,
    prescription_pdf,
    prescription_row,
    save_prescription,
    stop_prescription,
)

__all__ = [
    "activate_prescription",
    "add_addendum",
    "cancel_consultation",
    "cancel_prescription",
    "complete_prescription",
    "consultation",
    "consultation_list",
    "keep_consultation",
    "kept_consultation",
    "portal_prescriptions",
    "prescribe",
    "prescription",
    "prescription_pdf",
    "prescription_row",
    "save_consultation",
    "save_prescription",
    "sign_consultation",
    "start_consultation",
    "start_walk_in",
    "stop_prescription",
]

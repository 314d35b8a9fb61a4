"""The pages of records."""

from records.views.addenda import add_addendum, keep_addendum
from records.views.charts import portal_prescriptions
from records.views.consultations import (
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
from records.views.diagnoses import (
    add_diagnosis,
    diagnoses,
    make_main_diagnosis,
    raise_diagnosis,
    remove_diagnosis,
)
from records.views.drafts import (
    keep_prescription,
    kept_prescription,
    prescribe,
    prescription_row,
    save_prescription,
)
from records.views.favourites import favourite_list, remove_favourite, rename_favourite
from records.views.paper import prescription_pdf, verify_prescription
from records.views.prescriptions import (
    cancel_prescription,
    complete_prescription,
    prescription,
    stop_prescription,
)
from records.views.safety import activate_prescription, check_prescription
from records.views.templates import (
    add_text_template,
    remove_text_template,
    text_template_list,
    update_text_template,
)

__all__ = [
    "activate_prescription",
    "add_addendum",
    "add_diagnosis",
    "add_text_template",
    "cancel_consultation",
    "cancel_prescription",
    "check_prescription",
    "complete_prescription",
    "consultation",
    "consultation_list",
    "diagnoses",
    "favourite_list",
    "keep_addendum",
    "keep_consultation",
    "keep_prescription",
    "kept_consultation",
    "kept_prescription",
    "make_main_diagnosis",
    "portal_prescriptions",
    "prescribe",
    "prescription",
    "prescription_pdf",
    "prescription_row",
    "raise_diagnosis",
    "remove_diagnosis",
    "remove_favourite",
    "remove_text_template",
    "rename_favourite",
    "save_consultation",
    "save_prescription",
    "sign_consultation",
    "start_consultation",
    "start_walk_in",
    "stop_prescription",
    "text_template_list",
    "update_text_template",
    "verify_prescription",
]

"""What doctors do with records."""

from records.services.consultations import (
    Overtaken,
    add_addendum,
    cancel_consultation,
    save_consultation,
    sign_consultation,
    start_consultation,
    start_walk_in,
)
from records.services.diagnoses import (
    add_diagnosis,
    make_main_diagnosis,
    raise_diagnosis,
    remove_diagnosis,
)
from records.services.prescriptions import (
    activate_prescription,
    cancel_prescription,
    complete_prescription,
    prescribe,
    save_prescription,
    stop_prescription,
)

__all__ = [
    "Overtaken",
    "activate_prescription",
    "add_addendum",
    "add_diagnosis",
    "cancel_consultation",
    "cancel_prescription",
    "complete_prescription",
    "make_main_diagnosis",
    "prescribe",
    "raise_diagnosis",
    "remove_diagnosis",
    "save_consultation",
    "save_prescription",
    "sign_consultation",
    "start_consultation",
    "start_walk_in",
    "stop_prescription",
]

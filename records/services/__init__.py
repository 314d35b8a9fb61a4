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
    "cancel_consultation",
    "cancel_prescription",
    "complete_prescription",
    "prescribe",
    "save_consultation",
    "save_prescription",
    "sign_consultation",
    "start_consultation",
    "start_walk_in",
    "stop_prescription",
]

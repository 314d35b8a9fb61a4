"""What doctors do with records."""

from records.services.access import break_glass
from records.services.addenda import add_addendum, keep_addendum
from records.services.consultations import (
    Overtaken,
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
from records.services.favourites import (
    add_favourite,
    insert_favourite,
    remove_favourite,
    rename_favourite,
    repeat_last,
)
from records.services.prescriptions import (
    activate_prescription,
    cancel_prescription,
    complete_prescription,
    prescribe,
    save_prescription,
    stop_prescription,
)
from records.services.safety import Answer, Safety, Unanswered, check_prescription
from records.services.templates import (
    add_text_template,
    insert_text_template,
    remove_text_template,
    update_text_template,
)

__all__ = [
    "Answer",
    "Overtaken",
    "Safety",
    "Unanswered",
    "activate_prescription",
    "add_addendum",
    "add_diagnosis",
    "add_favourite",
    "add_text_template",
    "break_glass",
    "cancel_consultation",
    "cancel_prescription",
    "check_prescription",
    "complete_prescription",
    "insert_favourite",
    "insert_text_template",
    "keep_addendum",
    "make_main_diagnosis",
    "prescribe",
    "raise_diagnosis",
    "remove_diagnosis",
    "remove_favourite",
    "remove_text_template",
    "rename_favourite",
    "repeat_last",
    "save_consultation",
    "save_prescription",
    "sign_consultation",
    "start_consultation",
    "start_walk_in",
    "stop_prescription",
    "update_text_template",
]

"""Erasing a patient, and what stands in the way of it."""

from clinic.erasure.services.erasing import erase_patient, erase_what_ran_out
from clinic.erasure.services.holds import lift_legal_hold, place_legal_hold
from clinic.erasure.services.keeping import lengthen_retention, retentions
from clinic.erasure.services.planning import Plan, plan_of
from clinic.erasure.services.replay import apply_erasures

__all__ = [
    "Plan",
    "apply_erasures",
    "erase_patient",
    "erase_what_ran_out",
    "lengthen_retention",
    "lift_legal_hold",
    "place_legal_hold",
    "plan_of",
    "retentions",
]

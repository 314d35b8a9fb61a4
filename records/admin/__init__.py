"""Records in the clinic's admin: to look up, never to write."""

from records.admin import consultations, prescriptions, templates

__all__ = ["consultations", "prescriptions", "templates"]

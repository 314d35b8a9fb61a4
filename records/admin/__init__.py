"""Records in the clinic's admin: to look up, never to write."""

from records.admin import access, consultations, prescriptions, safety, templates

__all__ = ["access", "consultations", "prescriptions", "safety", "templates"]

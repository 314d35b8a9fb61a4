"""What the settings need of this app; imports no models."""

from django.utils.functional import lazy

from clinic.db.current import connection


def clinic_salt() -> str:
    """The salt of links signed for the clinic at hand: they are worth nothing on another clinic's host."""
    return f"account:{connection.schema_name}"


CLINIC_SALT = lazy(clinic_salt, str)()

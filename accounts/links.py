"""What keeps a link in a letter from working in another clinic."""

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

from clinic.db.current import connection


class ClinicPasswordResetTokenGenerator(EmailAwarePasswordResetTokenGenerator):
    """Password links that are worth nothing on another clinic's host."""

    @property
    def key_salt(self) -> str:
        """Named after the clinic at hand."""
        return f"accounts.password-reset:{connection.schema_name}"

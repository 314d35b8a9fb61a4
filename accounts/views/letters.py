"""What links in letters lead to: allauth's pages; a link that opens nothing has the status 404."""

from typing import Any

from allauth.account import views
from django.http import HttpResponse


class ResetPasswordView(views.PasswordResetFromKeyView):
    """Choosing a new password; a link that was used, is too old or was made at another clinic is no page."""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """The form, or the word that the link opens nothing, with 404."""
        if context.get("token_fail"):
            kwargs["status"] = 404
        return super().render_to_response(context, **kwargs)


class ConfirmEmailView(views.ConfirmEmailView):
    """Confirming an e-mail; the same of its links."""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """The question, or the word that the link opens nothing, with 404."""
        if not context["confirmation"]:
            kwargs["status"] = 404
        return super().render_to_response(context, **kwargs)


reset_password_from_key = ResetPasswordView.as_view()
confirm_email = ConfirmEmailView.as_view()

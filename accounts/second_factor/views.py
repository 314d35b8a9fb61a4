"""allauth's pages of second factors, with what this house adds to them."""

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy

from accounts.second_factor.passkeys import here, serves_clinics, works_here
from accounts.second_factor.shown import note_shown
from clinic.http import ClinicRequest
from tenants.models import absolute_url

OVERVIEW = reverse_lazy("mfa_index")


class OnOwnSite:
    """Who runs the platform changes factors on its site: a clinic may not touch them (migration 0008)."""

    def dispatch(self, request: ClinicRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Open the page, or lead back to the overview, which says so."""
        if is_elsewhere(request):
            return redirect(OVERVIEW)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


def is_elsewhere(request: ClinicRequest) -> bool:
    """Whether who runs the platform is at a clinic."""
    return request.organization is not None and bool(getattr(request.user, "is_superuser", False))


class Overview(IndexView):
    """What one signs in with beside the password, and where each passkey works."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The factors, and the domain this address belongs to."""
        context = super().get_context_data(**kwargs)
        passkeys = context["authenticators"].get(Authenticator.Type.WEBAUTHN, [])
        context["passkeys"] = [(key, works_here(key.instance, self.request)) for key in passkeys]
        context["here"] = here(self.request)
        context["is_for_all"] = serves_clinics(context["here"])
        if is_elsewhere(self.request):
            context["own_site"] = absolute_url(settings.PLATFORM_DOMAIN, reverse("mfa_index"))
        return context


class ActivateTOTP(OnOwnSite, totp.ActivateTOTPView):
    """Set up an authenticator app; its first code is a factor shown."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Keep the app, and go on in a session that has shown it."""
        response = super().form_valid(form)
        note_shown(self.request, self.request.user, Authenticator.Type.TOTP)
        return response


class DeactivateTOTP(OnOwnSite, totp.DeactivateTOTPView):
    """Remove the authenticator app."""


class GenerateCodes(OnOwnSite, codes.GenerateRecoveryCodesView):
    """Make new recovery codes."""


class AddPasskey(OnOwnSite, webauthn.AddWebAuthnView):
    """Add a passkey; making it is a factor shown."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Keep the passkey, and go on in a session that has shown it."""
        response = super().form_valid(form)
        note_shown(self.request, self.request.user, Authenticator.Type.WEBAUTHN)
        return response


class EditPasskey(OnOwnSite, webauthn.EditWebAuthnView):
    """Call a passkey something else."""

    success_url = OVERVIEW


class RemovePasskey(OnOwnSite, webauthn.RemoveWebAuthnView):
    """Remove a passkey."""

    success_url = OVERVIEW


class LoginPasskey(webauthn.LoginWebAuthnView):
    """Sign in with a passkey alone, and go on to where one wanted to."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question to the device, for static/js/passkeys.js; a person is led to the sign-in page."""
        if not request.accepts("text/html"):
            return JsonResponse({"request_options": begin_authentication()})
        return redirect("account_login")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Let in whom the passkey belongs to, if the clinic does."""
        passkey = form.cleaned_data["credential"]
        login = Login(user=passkey.user, redirect_url=get_next_redirect_url(self.request))
        return flows.perform_passwordless_login(self.request, passkey, login)

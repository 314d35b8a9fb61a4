"""Signing a clinic up, on the platform's site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.members import services
from accounts.members.forms import SignUpClinicForm
from clinic.access import public


@public
def sign_up_clinic(request: HttpRequest) -> HttpResponse:
    """Open a new clinic; its founder needs no log-in yet."""
    user = request.user if request.user.is_authenticated else None
    form = SignUpClinicForm(request.POST or None, user=user)
    if request.method == "POST" and form.submit(services.sign_up_clinic, by=user):
        return redirect("tenants:provisioning", form.result.pk)
    return render(request, "members/sign_up_clinic.html", {"form": form})

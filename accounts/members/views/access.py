"""How one signs in to this clinic."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.members.forms import AccessPolicyForm
from accounts.members.services import update_access_policy as choose
from clinic.access import requires
from clinic.http import ClinicRequest
from tenants.models.organization import as_stored
from tenants.settings.views import said


@requires("members.update_access_policy")
def update_access_policy(request: ClinicRequest) -> HttpResponse:
    """Who needs a second factor too, and when pages close by themselves."""
    clinic = as_stored(request.organization)
    now = {name: getattr(clinic, name) for name in AccessPolicyForm.base_fields}
    form = AccessPolicyForm(request.POST or None, initial=now)
    if request.method == "POST" and form.submit(partial(choose, clinic), by=request.member):
        messages.success(request, said())
        return redirect("members:update_access_policy")
    return render(request, "members/update_access_policy.html", {"form": form})

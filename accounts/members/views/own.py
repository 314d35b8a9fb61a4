"""Everybody's own pages, and how one becomes somebody here."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.members import services
from accounts.members.adapter import first_page
from accounts.members.forms import AcceptInvitationForm, FinishRegistrationForm, MyPatientForm, MyStaffForm
from accounts.members.middleware import MEMBER_SESSION_KEY
from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.access import public, requires, signed_in, while_closed
from clinic.forms import Form
from clinic.http import ClinicRequest


@require_safe
@requires("members.view_me")
def me(request: ClinicRequest) -> HttpResponse:
    """One's own details."""
    member = request.member
    context: dict[str, Any] = {"person": member, "profile": member.profile}
    if member.role == Role.PATIENT:
        patient = member.patient
        context["contacts"] = patient.emergency_contacts.all()
        if member.may("members.view_health"):
            context |= {"allergies": patient.allergies.all(), "conditions": patient.conditions.all()}
        context["assignments"] = patient.assignments.in_force().with_people()
    return render(request, "members/me.html", context)


@requires("members.update_me")
def update_me(request: ClinicRequest) -> HttpResponse:
    """Correct where the clinic reaches one."""
    form = _my_form(request)
    if request.method == "POST" and form.submit(services.update_me, by=request.member):
        messages.success(request, _("Your details are saved."))
        return redirect("members:me")
    return render(request, "members/update_me.html", {"form": form})


def _my_form(request: ClinicRequest) -> MyPatientForm | MyStaffForm:
    if request.member.role == Role.PATIENT:
        form = MyPatientForm(request.POST or None, instance=request.member.patient)
        if request.guardian and not request.member.acting["verified"]:
            form.keep_email()
        return form
    # A copy: the form writes into its instance, the header shows what is stored.
    return MyStaffForm(request.POST or None, instance=Member.objects.get(pk=request.member.pk))


@signed_in
def finish_registration(request: ClinicRequest) -> HttpResponse:
    """What the clinic still needs to know of somebody who signed up."""
    member = request.member
    if member.role:
        return redirect(first_page(member))
    initial = {"country": request.organization.country, "phone": member.phone}
    form = FinishRegistrationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.submit(services.finish_registration, by=member):
        messages.success(request, _("Welcome. You can book your first visit now."))
        return redirect(first_page(form.result.member))
    return render(request, "members/finish_registration.html", {"form": form})


@require_POST
@signed_in
@while_closed
def switch_role(request: ClinicRequest) -> HttpResponse:
    """Go on in another of one's roles in this clinic, or for a child; where one was, if the form says so."""
    wanted = request.POST.get("member", "")
    known = [*request.members, *request.dependants]
    member = next((mine for mine in known if str(mine.pk) == wanted), None)
    if member is None:
        raise Http404
    request.session[MEMBER_SESSION_KEY] = str(member.pk)
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else first_page(member))


@never_cache
@public
def accept_invitation(request: ClinicRequest, token: str) -> HttpResponse:
    """The page behind the link of an invitation: choose a password, or join with the log-in one has."""
    invitation = services.open_invitation(token)
    if invitation is None:
        return render(request, "members/invitation_over.html", status=410)
    is_new = services.needs_password(invitation)
    form = AcceptInvitationForm(request.POST or None) if is_new else Form(request.POST or None)
    if request.method == "POST" and form.submit(services.accept_invitation, token=token):
        return _let_in(request, form.result, is_new=is_new)
    context = {"form": form, "invitation": invitation, "is_new": is_new}
    return render(request, "members/accept_invitation.html", context)


def _let_in(request: ClinicRequest, member: Member, *, is_new: bool) -> HttpResponse:
    """Whoever has just chosen a password is signed in; a log-in that was there asks for its own proofs."""
    if is_new:
        record_authentication(request, member.user, "password")
        get_adapter().login(request, member.user)
        return redirect(first_page(member))
    messages.success(request, _("You have access now. Sign in with your usual password."))
    return redirect("account_login")

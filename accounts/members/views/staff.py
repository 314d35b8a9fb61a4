"""The pages about those who work here."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.members import services
from accounts.members.forms import STAFF_FORMS, role_form
from accounts.members.models import Invitation, Member
from accounts.members.roles import Role
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out


@require_safe
@requires("members.view_staff")
def staff_list(request: ClinicRequest) -> HttpResponse:
    """Everybody who works here; those who have left come last."""
    role = request.GET.get("role", "")
    found = Member.objects.visible_to(request.member).staff().select_related("doctor")
    if role in STAFF_FORMS:
        found = found.filter(role=role)
    query = request.GET.get("q", "").strip()[:100]
    found = found.named(query).order_by("status", "given_name", "family_name", "pk")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    roles = [(value, Role(value).label) for value in STAFF_FORMS]
    context = {"page_obj": page, "query": query, "role": role, "roles": roles}
    return render(request, "members/staff_list.html", context)


@requires("members.register_staff")
def register_staff(request: ClinicRequest) -> HttpResponse:
    """Take on a member of staff: first the role, then the person."""
    role = request.GET.get("role", Role.DOCTOR)
    if role not in STAFF_FORMS:
        raise Http404
    form = STAFF_FORMS[role](request.POST or None)
    if request.method == "POST" and form.submit(services.register_staff, by=request.member, role=role):
        return redirect("members:staff_member", form.result.pk)
    roles = [(value, Role(value).label) for value in STAFF_FORMS]
    return render(request, "members/register_staff.html", {"form": form, "role": role, "roles": roles})


@require_safe
@requires("members.view_staff")
def staff_member(request: ClinicRequest, pk: str) -> HttpResponse:
    """One member of staff."""
    found = _staff(request, pk)
    context = {
        "person": found,
        "profile": found.profile,
        "others": Member.objects.filter(user_id=found.user_id).exclude(pk=pk) if found.user_id else (),
        "invitation": None if found.user_id else found.invitations.unanswered().first(),
        "roles": [(value, Role(value).label) for value in STAFF_FORMS if value != found.role],
    }
    return render(request, "members/staff_member.html", context)


def _staff(request: ClinicRequest, pk: str) -> Member:
    return get_object_or_404(Member.objects.visible_to(request.member).staff(), pk=pk)


@requires("members.update_staff")
def update_staff(request: ClinicRequest, pk: str) -> HttpResponse:
    """Correct the details of a member of staff."""
    found = _staff(request, pk)
    form = role_form(STAFF_FORMS[found.role](request.POST or None, instance=found.profile), keep_person=True)
    if request.method == "POST" and form.submit(services.update_staff, member=found, by=request.member):
        return redirect("members:staff_member", pk)
    return render(request, "members/update_staff.html", {"form": form, "person": found})


@requires("members.add_role")
def add_role(request: ClinicRequest, pk: str) -> HttpResponse:
    """Give the same person another role."""
    found = _staff(request, pk)
    role = request.GET.get("role", "")
    if role not in STAFF_FORMS:
        raise Http404
    form = role_form(STAFF_FORMS[role](request.POST or None))
    # A role without fields of its own is only confirmed, so there is nothing to bind.
    bound = request.method == "POST"
    if bound and form.submit(services.add_role, member=found, by=request.member, role=role):
        return redirect("members:staff_member", form.result.pk)
    context = {"form": form, "person": found, "role_label": Role(role).label}
    return render(request, "members/add_role.html", context)


@require_POST
@requires("members.change_member_status")
def change_member_status(request: ClinicRequest, pk: str) -> HttpResponse:
    """Let somebody in, or no longer."""
    found = get_object_or_404(Member.objects.visible_to(request.member), pk=pk)
    carry_out(request, services.change_member_status, found, status=request.POST.get("status", ""))
    return _to_member(found)


@require_POST
@requires("members.invite_member")
def invite_member(request: ClinicRequest, pk: str) -> HttpResponse:
    """Invite a member of staff to log in."""
    found = _staff(request, pk)
    said = _("The invitation is on its way to %(email)s.") % {"email": found.email}
    carry_out(request, services.invite_member, found, said)
    return _to_member(found)


@require_POST
@requires("members.resend_invitation")
def resend_invitation(request: ClinicRequest, pk: str) -> HttpResponse:
    """Send an invitation again."""
    invitation = _invitation(request, pk)
    said = _("The invitation was sent again; the old link works no longer.")
    carry_out(request, services.resend_invitation, invitation, said)
    return _to_member(invitation.member)


@require_POST
@requires("members.revoke_invitation")
def revoke_invitation(request: ClinicRequest, pk: str) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = _invitation(request, pk)
    carry_out(request, services.revoke_invitation, invitation)
    return _to_member(invitation.member)


def _invitation(request: ClinicRequest, pk: str) -> Invitation:
    """Of a patient for the team, of staff for those who may invite staff."""
    found = Invitation.objects.visible_to(request.member).select_related("member")
    if not request.member.may("members.invite_member"):
        found = found.filter(member__role=Role.PATIENT)
    return get_object_or_404(found, pk=pk)


def _to_member(member: Member) -> HttpResponse:
    page = "members:patient" if member.role == Role.PATIENT else "members:staff_member"
    return redirect(page, member.pk)

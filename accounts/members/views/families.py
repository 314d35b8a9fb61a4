"""A person's own page about the family: for whom one acts, and who acts for oneself."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.members import services
from accounts.members.adapter import first_page
from accounts.members.forms import ChildForm, HandOverForm
from accounts.members.middleware import MEMBER_SESSION_KEY
from accounts.members.models import Guardianship, Member
from accounts.members.views.guardians import parted_by_side
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out


def oneself(request: ClinicRequest) -> Member:
    """Who sits there, also while acting for somebody."""
    member: Member = request.guardian or request.member
    return member


@require_safe
@requires("members.view_family")
def family(request: ClinicRequest) -> HttpResponse:
    """For whom one acts, with what can be done about it; and by whom one is acted for."""
    me = oneself(request)
    sides = parted_by_side(Guardianship.objects.with_people().of(me.pk), me.pk)
    return render(request, "members/family.html", {"me": me, **sides})


@requires("members.register_child")
def register_child(request: ClinicRequest) -> HttpResponse:
    """Open a file for an own child, and go on for the child."""
    me = oneself(request)
    form = ChildForm(request.POST or None, initial={"family_name": me.family_name})
    if request.method == "POST" and form.submit(services.register_child, by=me):
        child = form.result.dependant.member
        request.session[MEMBER_SESSION_KEY] = str(child.pk)
        said = _("%(name)s is registered. Bring the child’s papers to the first visit.") % {
            "name": child.name
        }
        messages.success(request, said)
        return redirect(first_page(child))
    return render(request, "members/register_child.html", {"form": form})


@requires("members.hand_over")
def hand_over(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Have the child invited to an own log-in."""
    found = _own(request, pk)
    form = HandOverForm(request.POST or None, initial={"email": found.dependant.member.email})
    if request.method == "POST" and form.submit(services.hand_over, guardianship=found, by=oneself(request)):
        said = _("The invitation is on its way to %(email)s.") % {"email": form.cleaned_data["email"]}
        messages.success(request, said)
        return redirect("members:family")
    return render(request, "members/hand_over.html", {"form": form, "guardianship": found})


@require_POST
@requires("members.take_back")
def take_back(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Withdraw the invitation, and go on acting."""
    found = _own(request, pk)
    said = _("The invitation is withdrawn. You go on acting for %(name)s.")
    name = found.dependant.member.name
    carry_out(request, services.take_back, found, said % {"name": name}, by=oneself(request))
    return redirect("members:family")


def _own(request: ClinicRequest, pk: UUID) -> Guardianship:
    """One by which one acts oneself, today."""
    own = Guardianship.objects.running().with_people().filter(guardian=oneself(request).pk)
    return get_object_or_404(own, pk=pk)

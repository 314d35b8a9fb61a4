"""The desk's pages about people who have two files."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.members import services
from accounts.members.forms.merges import MergeForm
from accounts.members.merging.holdings import holdings
from accounts.members.merging.pairs import likely_pairs, with_people
from accounts.members.models import PatientMerge, PatientProfile
from accounts.members.services.likeness import Facts, compared
from clinic.access import requires
from clinic.forms import Form
from clinic.http import ClinicRequest, carry_out

MOST_FOUND = 10


@require_safe
@requires("members.view_duplicates")
def duplicate_list(request: ClinicRequest) -> HttpResponse:
    """Pairs of files that are probably of one person, the likeliest first."""
    page = Paginator(likely_pairs(), 25).get_page(request.GET.get("page"))
    page.object_list = with_people(list(page.object_list))
    return render(request, "members/duplicate_list.html", {"page_obj": page})


@requires("members.merge_patients")
def merge_patients(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Two files side by side, and what stays of each; before that, the search for the other file."""
    survivor = _patient(request, pk)
    merged = _other(request, survivor)
    if merged is None:
        return _choose_other(request, survivor)
    form = MergeForm(request.POST or None, survivor=survivor, merged=merged)
    files = {"survivor": survivor, "merged": merged}
    if request.method == "POST" and form.submit(services.merge_patients, by=request.member, **files):
        said = _("%(former)s is part of %(number)s now. It can be taken apart again on this page.")
        messages.success(request, said % {"former": merged.number, "number": survivor.number})
        return redirect("members:patient", pk)
    likeness = compared(Facts.known(survivor), merged)
    context = {"form": form, "likeness": likeness, "held": holdings(survivor.pk, merged.pk), **files}
    return render(request, "members/merge_patients.html", context)


def _choose_other(request: ClinicRequest, survivor: PatientProfile) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    files = PatientProfile.objects.with_people().exclude(pk=survivor.pk)
    found = files.search(query).by_name()[:MOST_FOUND] if query else []
    context = {"survivor": survivor, "query": query, "found": found}
    return render(request, "members/merge_with.html", context)


@require_POST
@requires("members.tell_apart")
def tell_apart(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Note that two files are of two people."""
    one, other = _patient(request, pk), _other(request, None)
    if other is not None:
        said = _("Noted: %(one)s and %(other)s are two people.")
        names = {"one": one.number, "other": other.number}
        carry_out(request, services.tell_apart, one, said % names, other=other)
    return redirect("members:duplicate_list")


@requires("members.unmerge_patients")
def unmerge_patients(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Take two files apart again."""
    found = get_object_or_404(PatientMerge.objects.standing().select_related("survivor__member"), pk=pk)
    form = Form(request.POST or None)
    if request.method == "POST" and form.submit(services.unmerge_patients, merge=found, by=request.member):
        messages.success(request, _("%s is a file of its own again.") % found.merged_number)
        return redirect("members:patient", found.merged_id)
    return render(request, "members/unmerge_patients.html", {"form": form, "merge": found})


def _patient(request: ClinicRequest, pk: UUID) -> PatientProfile:
    patients = PatientProfile.objects.visible_to(request.member).select_related("member__user")
    return get_object_or_404(patients, pk=pk)


def _other(request: ClinicRequest, survivor: PatientProfile | None) -> PatientProfile | None:
    """The file named in the address, if any; 404 for the same one."""
    try:
        key = UUID(request.GET.get("with") or request.POST.get("with", ""))
    except ValueError:
        return None
    files = PatientProfile.objects.exclude(pk=survivor.pk) if survivor else PatientProfile.objects
    return get_object_or_404(files.select_related("member__user"), pk=key)

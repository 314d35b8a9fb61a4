"""Favourites: the page where a doctor keeps them, and the buttons beside the draft."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from clinic.models import Refusal
from records import services
from records.forms import FavouriteForm, PrescriptionForm
from records.models import Favourite, Prescription


@requires("records.favourite_list")
@require_GET
def favourite_list(request: ClinicRequest) -> HttpResponse:
    """The doctor's favourites."""
    return render(
        request, "records/favourite_list.html", {"favourites": Favourite.objects.of(request.member)}
    )


@requires("records.rename_favourite")
@require_http_methods(["GET", "POST"])
def rename_favourite(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Call a favourite otherwise."""
    found = get_object_or_404(Favourite.objects.of(request.member), pk=pk)
    form = FavouriteForm(request.POST or None, instance=found)
    if request.method == "POST" and form.submit(
        services.rename_favourite, favourite=found, by=request.member
    ):
        messages.success(request, _("Saved."))
        return redirect("records:favourite_list")
    return render(request, "records/rename_favourite.html", {"favourite": found, "form": form})


@requires("records.remove_favourite")
@require_POST
def remove_favourite(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Forget a favourite."""
    found = get_object_or_404(Favourite.objects.of(request.member), pk=pk)
    carry_out(request, services.remove_favourite, found, _("The favourite is removed."))
    return redirect("records:favourite_list")


# --- The buttons beside the draft: what is typed is stored by then -----------------------------------


def insert_favourite(
    request: ClinicRequest, prescription: Prescription, _form: PrescriptionForm, which: str
) -> None:
    """Put the favourite `which` on the draft."""
    favourites = Favourite.objects.of(request.member)
    favourite = next((found for found in favourites if str(found.pk) == which), None)
    if favourite is None:
        messages.error(request, _("This favourite was removed meanwhile."))
        return
    said = _("Put on the sheet: %(name)s") % {"name": favourite.name}
    carry_out(request, services.insert_favourite, prescription, said, favourite=favourite)


def repeat_last(
    request: ClinicRequest, prescription: Prescription, _form: PrescriptionForm, _which: str
) -> None:
    """Put on the draft what the patient was last given."""
    said = _("The last prescription is on the sheet. Look through it before you hand it out.")
    carry_out(request, services.repeat_last, prescription, said)


def add_favourite(
    request: ClinicRequest, _prescription: Prescription, form: PrescriptionForm, which: str
) -> None:
    """Keep the row at place `which`, or the whole sheet, as a favourite."""
    kept: dict[str, Any] = {"lines": form.line(which)} if which else _sheet(request, form)
    try:
        favourite = services.add_favourite(by=request.member, **kept)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Kept as a favourite: %(name)s") % {"name": favourite.name})


def _sheet(request: ClinicRequest, form: PrescriptionForm) -> dict[str, Any]:
    name = request.POST.get("favourite_name", "")[:100]
    return {"lines": form.lines, "notes": form.cleaned_data["notes"], "name": name}

"""The pages on which a clinic is set up."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.access import public, requires
from clinic.forms import ModelForm
from clinic.http import ClinicRequest, carry_out
from clinic.pdf import letterhead, pdf_response, render_pdf
from tenants.models import Logo
from tenants.models.organization import as_stored
from tenants.settings import services
from tenants.settings.forms import BrandForm, ContactForm, LanguagesForm, LetterheadForm, PlaceForm
from tenants.settings.overview import parts

FOR_EVER = "public, max-age=31536000, immutable"


@requires("settings.overview")
@require_safe
def overview(request: ClinicRequest) -> HttpResponse:
    """All that can be set, and where."""
    return render(request, "settings/overview.html", {"parts": parts(request)})


@requires("settings.update_contact")
def update_contact(request: ClinicRequest) -> HttpResponse:
    """Name, address, place on the map, phone and e-mail."""
    return _setting(request, ContactForm, services.update_contact)


@requires("settings.update_brand")
def update_brand(request: ClinicRequest) -> HttpResponse:
    """Colour and logo."""
    return _setting(request, BrandForm, services.update_brand)


@requires("settings.remove_logo")
@require_POST
def remove_logo(request: ClinicRequest) -> HttpResponse:
    """The clinic's initial instead."""
    carry_out(request, services.remove_logo, request.organization, said())
    return redirect("settings:update_brand")


@requires("settings.update_letterhead")
def update_letterhead(request: ClinicRequest) -> HttpResponse:
    """What papers say of the clinic."""
    return _setting(request, LetterheadForm, services.update_letterhead)


@requires("settings.update_letterhead")
@require_safe
def letterhead_sheet(request: ClinicRequest) -> HttpResponse:
    """An empty sheet, to see the letterhead on."""
    head = letterhead(as_stored(request.organization), has_bank=True)
    return pdf_response(
        render_pdf("settings/sheet.typ", {"title": _("Letterhead"), "clinic": head}), "letterhead.pdf"
    )


@requires("settings.update_languages")
def update_languages(request: ClinicRequest) -> HttpResponse:
    """How dates and numbers are written, and what letters are written in."""
    return _setting(request, LanguagesForm, services.update_languages)


@requires("settings.update_place")
def update_place(request: ClinicRequest) -> HttpResponse:
    """Time zone and currency, until they are used."""
    return _setting(request, PlaceForm, services.update_place)


@public
@require_safe
def logo(request: ClinicRequest, name: str) -> HttpResponse:
    """The picture of this name, which never changes."""
    found = Logo.objects.filter(organization=request.organization.pk, digest=name.removesuffix(".png"))
    content = found.values_list("content", flat=True).first()
    if content is None:
        raise Http404
    return HttpResponse(bytes(content), content_type="image/png", headers={"Cache-Control": FOR_EVER})


def _setting(
    request: ClinicRequest, form_class: type[ModelForm], service: Callable[..., Any]
) -> HttpResponse:
    """The page of one form: what stands there now, changed by its service, whose name it has."""
    form = form_class(request.POST or None, request.FILES or None, instance=as_stored(request.organization))
    if request.method == "POST" and form.submit(
        service, organization=request.organization, by=request.member
    ):
        messages.success(request, said())
        return redirect(f"settings:{service.__name__}")
    page = {"form": form, "stored": form.result or as_stored(request.organization)}
    return render(request, f"settings/{service.__name__}.html", page)


def said() -> str:
    """What is true in a site of several processes, each of which remembers a clinic's row for a minute."""
    return _("Saved. Within a minute it is so on every page.")

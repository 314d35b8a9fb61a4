"""The entries of the books."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.books import services
from billing.books.forms import EntryForm
from billing.books.forms.entries import chosen
from billing.books.models import BookEntry, Category, EntryFile, Kind
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest
from clinic.idempotency.middleware import FIELD
from clinic.money import NOTHING, digits_of
from clinic.tables import Table, is_file_kind, table_response
from clinic.templatetags.clinic import day, money
from records.documents.views.serving import filed, handed_over

PAGE = 25


@require_GET
@requires("books.entry_list")
def entry_list(request: ClinicRequest) -> HttpResponse:
    """What came in and went out, the latest first, with what it comes to."""
    form, entries = chosen(BookEntry.objects.visible_to(request.member), request.GET)
    sums = entries.sums(request.organization.currency)
    context = {
        "form": form,
        "page_obj": Paginator(entries.with_people(), PAGE).get_page(request.GET.get("page")),
        "sums": sums | {"result": sums["income"] - sums["expenses"]},
        "categories": Category.objects.all(),
    }
    return render(request, "books/entry_list.html", context)


@require_GET
@requires("books.export_entries")
def export_entries(request: ClinicRequest) -> HttpResponse:
    """The entries that the list shows, as a file."""
    kind = request.GET.get("format", "")
    if not is_file_kind(kind):
        raise Http404
    _form, entries = chosen(BookEntry.objects.visible_to(request.member), request.GET)
    digits = digits_of(request.organization.currency)
    table = Table(_("Entries"), _head(), _cells(entries.with_people()), digits)
    return table_response(table, kind, f"books-{timezone.localdate():%Y-%m-%d}")


def _head() -> list[str]:
    return [
        *(_("Day"), _("Kind"), _("Category"), _("Description"), _("How"), _("Amount"), _("Tax in it")),
        *(_("Without tax"), _("Currency"), _("Entered by"), _("Entered"), _("Voided")),
    ]


def _cells(entries: Any) -> Iterator[list[Any]]:
    """What went out is negative; what was voided has no amount, so that the column's sum is right."""
    for entry in entries.iterator():
        sign = 0 if entry.voided_at else 1 if entry.kind == Kind.INCOME else -1
        # Nothing times -1 would be written as -0.00; added to nothing it has no sign.
        amounts = [
            sign * amount + NOTHING if sign else None for amount in (entry.amount, entry.tax, entry.net)
        ]
        yield [
            *(entry.booked_on, entry.get_kind_display(), str(entry.category), entry.description),
            *(entry.get_method_display(), *amounts, entry.currency),
            *(entry.entered_by.name if entry.entered_by else "", entry.created_at, _voided(entry)),
        ]


def _voided(entry: BookEntry) -> str:
    if not entry.voided_at:
        return ""
    said = {
        "amount": money(entry.amount, entry.currency),
        "date": day(entry.voided_at),
        "reason": entry.void_reason,
    }
    return _("%(amount)s, voided on %(date)s: %(reason)s") % said


@require_http_methods(["GET", "POST"])
@requires("books.add_entry")
def add_entry(request: ClinicRequest) -> HttpResponse:
    """Enter something by hand."""
    form = EntryForm(request.POST or None, request.FILES or None)
    if form.submit(services.add_entry, by=request.member, key=request.POST.get(FIELD, "")):
        messages.success(request, _("It is in the books."))
        return redirect(form.result)
    return render(request, "books/add_entry.html", {"form": form})


@require_GET
@requires("books.entry")
def entry(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """One entry with its receipts."""
    found = _entry(request, pk)
    return render(request, "books/entry.html", {"entry": found, **filed(request, found.files.all())})


@require_GET
@requires("books.entry_file")
def entry_file(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """A receipt, as a download."""
    visible = BookEntry.objects.visible_to(request.member)
    found = get_object_or_404(EntryFile.objects.filter(entry__in=visible), pk=pk)
    record_read(found, reason="file")
    return handed_over(request, found)


@require_http_methods(["GET", "POST"])
@requires("books.void_entry")
def void_entry(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Let an entry count no longer."""
    found = _entry(request, pk)
    form = ReasonForm(request.POST or None)
    if form.submit(services.void_entry, by=request.member, entry=found):
        messages.success(request, _("The entry is voided."))
        return redirect(found)
    return render(request, "books/void_entry.html", {"entry": found, "form": form})


def _entry(request: ClinicRequest, pk: uuid.UUID) -> BookEntry:
    return get_object_or_404(BookEntry.objects.visible_to(request.member).with_people(), pk=pk)

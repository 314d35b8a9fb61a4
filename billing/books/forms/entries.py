"""What is typed into an entry, and which entries the list shows."""

import uuid
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.books.models import BookEntry, Category, Kind
from billing.books.models.entry import EARLIEST, BookEntryQuerySet
from billing.models.payments import Method
from clinic.db.current import connection
from clinic.forms import DateInput, Form, money_field
from clinic.money import coin, digits_of
from records.documents.forms.files import FilesField, ask_again

# How the clinic itself pays and is paid; the other ways are those of patients.
WAYS = (Method.TRANSFER, Method.CARD, Method.CASH)
HELP = _("PDF, JPEG, PNG or WebP; up to 10 files of 20 MB each.")


class EntryForm(Form):
    """Money that came in or went out otherwise than by invoices."""

    category = forms.ModelChoiceField(Category.objects.none(), label=_("Category"))
    booked_on = forms.DateField(label=_("Day"), widget=DateInput())
    amount = forms.DecimalField()
    description = forms.CharField(
        label=_("What it was for"), max_length=200, help_text=_("The number of the bill, for instance.")
    )
    method = forms.ChoiceField(label=_("How"), choices=[(way.value, way.label) for way in WAYS])
    uploads = FilesField(label=_("Receipts"), required=False, help_text=HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today, digits = timezone.localdate(), digits_of(connection.tenant.currency)
        category: Any = self.fields["category"]
        category.queryset = Category.objects.offered()
        category.choices = _grouped(list(category.queryset))
        self.fields["booked_on"].initial = today
        self.fields["booked_on"].widget.attrs |= {"min": EARLIEST.isoformat(), "max": today.isoformat()}
        smallest = coin(digits)
        self.fields["amount"] = money_field(digits, label=_("Amount"), min_value=smallest)
        self.order_fields(["category", "booked_on", "amount", "description", "method", "uploads"])

    def is_valid(self) -> bool:
        """Whether every field is well-formed."""
        is_valid = super().is_valid()
        if not is_valid:
            ask_again(self)
        return is_valid


def _grouped(categories: list[Category]) -> list[tuple[Any, Any]]:
    """The categories under their kinds, expenses first: most of what is entered by hand."""
    ordered = sorted(categories, key=lambda each: (each.kind, each.name))
    groups = [
        (Kind(kind).label, [(each.pk, each.name) for each in group])
        for kind, group in groupby(ordered, key=lambda each: each.kind)
    ]
    return [("", _("Choose …")), *groups]


class EntryFilter(forms.Form):
    """Which entries the list shows."""

    q = forms.CharField(required=False, label=_("Description or invoice"))
    what = forms.CharField(required=False, label=_("Category"))
    first = forms.DateField(required=False, label=_("From"), widget=DateInput())
    last = forms.DateField(required=False, label=_("To"), widget=DateInput())

    def applied(self, entries: BookEntryQuerySet) -> BookEntryQuerySet:
        """Those of `entries` that were asked for; what is malformed asks for nothing."""
        self.is_valid()
        wanted = self.cleaned_data
        entries = entries.search(wanted.get("q") or "")
        if first := wanted.get("first"):
            entries = entries.filter(booked_on__gte=first)
        if last := wanted.get("last"):
            entries = entries.filter(booked_on__lte=last)
        return _of_kind(entries, wanted.get("what") or "")


def _of_kind(entries: BookEntryQuerySet, what: str) -> BookEntryQuerySet:
    if what in Kind.values:
        return entries.filter(kind=what)
    try:
        return entries.filter(category=uuid.UUID(what))
    except ValueError:
        return entries


def chosen(entries: Any, data: Any) -> tuple[EntryFilter, Any]:
    """The filter that was sent, and the entries it leaves."""
    form = EntryFilter(data)
    return form, form.applied(entries if entries is not None else BookEntry.objects.none())

"""Entries in the clinic's admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.books.models import BookEntry, EntryFile
from clinic.admin import ClinicAdmin, PartInline, clinic_site
from clinic.templatetags.clinic import money


class EntryFileInline(PartInline):
    """The receipts of an entry; their content is handed over by the entry's page."""

    model = EntryFile
    fields = readonly_fields = ("position", "name", "media_type", "size", "sha256")


@admin.register(BookEntry, site=clinic_site)
class BookEntryAdmin(ClinicAdmin):
    """Entries of the books, read-only."""

    list_display = ("booked_on", "description", "category", "sum", "method", "entered_by", "voided_at")
    list_filter = ("kind", "category", "method")
    list_select_related = ("category", "entered_by")
    search_fields = ("description",)
    date_hierarchy = "booked_on"
    inlines = (EntryFileInline,)
    may_add = False
    may_change = False

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, obj: BookEntry) -> str:
        """With its currency; what went out is negative."""
        return money(obj.amount if obj.kind == BookEntry.Kind.INCOME else -obj.amount, obj.currency)

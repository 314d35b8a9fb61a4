"""Invoices in the clinic's admin: to be seen, changed only through the services."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice, InvoiceLine, InvoiceSeries
from clinic.admin import ClinicAdmin, PartInline, clinic_site
from clinic.templatetags.clinic import money


@admin.register(InvoiceSeries, site=clinic_site)
class InvoiceSeriesAdmin(ClinicAdmin):
    """The counters of invoice numbers; how a number looks is chosen before the first one is drawn."""

    list_display = ("name", "prefix", "last_number")
    state_fields = ("last_number",)

    def frozen(self, obj: InvoiceSeries) -> bool:  # type: ignore[override]
        """Once it has numbered an invoice."""
        return obj.last_number > 0


class InvoiceLineInline(PartInline):
    """The lines of an invoice."""

    model = InvoiceLine
    fields = readonly_fields = (
        "position",
        "description",
        "quantity",
        "unit_price",
        "discount",
        "tax_name",
        "tax_percent",
        "tax",
        "amount",
    )


@admin.register(Invoice, site=clinic_site)
class InvoiceAdmin(ClinicAdmin):
    """Invoices of the clinic, read-only."""

    list_display = ("reference", "patient", "status", "sum", "issued_at", "due_on")
    list_filter = ("status", "currency", "series")
    list_select_related = ("patient__member", "series")
    search_fields = (
        "number",
        "patient__number",
        "patient__member__given_name",
        "patient__member__family_name",
    )
    date_hierarchy = "issued_at"
    inlines = (InvoiceLineInline,)
    may_add = False
    may_change = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        """With everybody the page names."""
        return super().get_queryset(request).with_people()  # type: ignore[attr-defined]

    @admin.display(description=_("number"), ordering="number")
    def reference(self, obj: Invoice) -> str:
        """The number as people write it."""
        return str(obj)

    @admin.display(description=_("total"), ordering="total")
    def sum(self, obj: Invoice) -> str:
        """With its currency and no more decimals than it has: 60.000 would be read as sixty thousand."""
        return money(obj.total, obj.currency)

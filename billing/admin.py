"""Money in the clinic's admin: everything to be seen, changed only through the services."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing import services
from billing.models import CreditNote, Invoice, InvoiceLine, InvoiceSeries, Payment, Refund
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
    fields = readonly_fields = ("position", "description", "quantity", "unit_price", "amount")


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


@admin.register(Payment, site=clinic_site)
class PaymentAdmin(ClinicAdmin):
    """Payments of the clinic, read-only but for what becomes of announced money."""

    list_display = (
        "created_at",
        "invoice",
        "sum",
        "method",
        "status",
        "received_at",
        "received_by",
        "reference",
    )
    list_filter = ("status", "method")
    list_select_related = ("invoice__series",)
    search_fields = ("reference", "invoice__number")
    date_hierarchy = "received_at"
    may_add = False
    may_change = False
    actions = ("complete", "fail")

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, obj: Payment) -> str:
        """In the clinic's currency."""
        return money(obj.amount, obj.invoice.currency)

    @admin.action(description=_("The money has arrived"))
    def complete(self, request: HttpRequest, queryset: QuerySet[Payment]) -> None:
        """Complete the chosen payments."""
        self.run_service(request, queryset, services.complete_payment)

    @admin.action(description=_("The money will not come"))
    def fail(self, request: HttpRequest, queryset: QuerySet[Payment]) -> None:
        """Give the chosen payments up."""
        self.run_service(request, queryset, services.fail_payment)


@admin.register(CreditNote, site=clinic_site)
class CreditNoteAdmin(ClinicAdmin):
    """Credit notes, read-only."""

    list_display = ("reference", "patient", "invoice", "sum", "created_at", "issued_by")
    list_select_related = ("series", "patient__member", "invoice__series", "issued_by")
    search_fields = ("number", "patient__number", "patient__member__family_name", "reason")
    date_hierarchy = "created_at"
    may_add = False
    may_change = False

    @admin.display(description=_("number"), ordering="number")
    def reference(self, obj: CreditNote) -> str:
        """The number as people write it."""
        return obj.reference

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, obj: CreditNote) -> str:
        """In the invoice's currency."""
        return money(obj.amount, obj.invoice.currency)


@admin.register(Refund, site=clinic_site)
class RefundAdmin(ClinicAdmin):
    """Refunds, read-only."""

    list_display = ("created_at", "invoice", "sum", "method", "reference", "refunded_by")
    list_filter = ("method",)
    list_select_related = ("invoice__series", "refunded_by")
    search_fields = ("reference", "invoice__number")
    date_hierarchy = "created_at"
    may_add = False
    may_change = False

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, obj: Refund) -> str:
        """In the invoice's currency."""
        return money(obj.amount, obj.invoice.currency)

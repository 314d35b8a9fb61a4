"""Payments and refunds in the clinic's admin, read-only but for what becomes of announced money."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing import services
from billing.models import Payment, Refund
from clinic.admin import ClinicAdmin, clinic_site
from clinic.templatetags.clinic import money


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

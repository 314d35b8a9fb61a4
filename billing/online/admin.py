"""Online payments in the clinic's admin, read-only. The secrets are not there: their table has no page."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.online.models import OnlinePayment, OnlineRefund, PaymentProvider, WebhookEvent
from clinic.admin import ClinicAdmin, clinic_site
from clinic.templatetags.clinic import money


class ReadOnlyAdmin(ClinicAdmin):
    """Set up and moved on its own pages only."""

    may_add = False
    may_change = False
    date_hierarchy = "created_at"


@admin.register(PaymentProvider, site=clinic_site)
class PaymentProviderAdmin(ReadOnlyAdmin):
    """Providers, without their secrets."""

    list_display = ("kind", "public_key", "is_live", "secrets_changed_at")
    fields = ("kind", "public_key", "currencies", "is_live", "secrets_changed_at")


@admin.register(OnlinePayment, site=clinic_site)
class OnlinePaymentAdmin(ReadOnlyAdmin):
    """Online payments."""

    list_display = ("created_at", "invoice", "patient", "sum", "provider", "status", "problem")
    list_filter = ("status", "provider")
    list_select_related = ("invoice__series", "patient__member", "provider")
    search_fields = ("reference", "their_reference", "their_payment", "invoice__number", "patient__number")
    # Whoever has its address may pay there.
    exclude = ("checkout_url",)

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, obj: OnlinePayment) -> str:
        """In the invoice's currency."""
        return money(obj.amount, obj.currency)


@admin.register(WebhookEvent, site=clinic_site)
class WebhookEventAdmin(ReadOnlyAdmin):
    """What providers told."""

    list_display = ("created_at", "provider", "kind", "event_id", "outcome", "online_payment")
    list_filter = ("outcome", "provider", "kind")
    list_select_related = ("provider", "online_payment")
    search_fields = ("event_id",)


@admin.register(OnlineRefund, site=clinic_site)
class OnlineRefundAdmin(ReadOnlyAdmin):
    """Refunds by way of a provider."""

    list_display = ("created_at", "refund", "online_payment", "status", "problem")
    list_filter = ("status",)
    search_fields = ("their_reference",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnlineRefund]:
        """With everybody the page names."""
        return super().get_queryset(request).select_related("refund", "online_payment")

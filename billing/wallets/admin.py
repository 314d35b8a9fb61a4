"""Wallets in the clinic's admin: everything to be seen, changed only through the services."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.wallets.models import LedgerEntry, Wallet
from clinic.admin import ClinicAdmin, clinic_site
from clinic.templatetags.clinic import money

BY_PATIENT = ("patient__number", "patient__member__given_name", "patient__member__family_name")


@admin.register(Wallet, site=clinic_site)
class WalletAdmin(ClinicAdmin):
    """Wallets, read-only."""

    list_display = ("patient", "sum", "last_number", "created_at")
    list_select_related = ("patient__member",)
    search_fields = BY_PATIENT
    may_add = False
    may_change = False

    @admin.display(description=_("balance"), ordering="balance")
    def sum(self, obj: Wallet) -> str:
        """The balance in the wallet's currency."""
        return money(obj.balance, obj.currency)


@admin.register(LedgerEntry, site=clinic_site)
class LedgerEntryAdmin(ClinicAdmin):
    """The ledger, read-only."""

    list_display = ("created_at", "patient", "kind", "sum", "after", "method", "entered_by")
    list_filter = ("kind", "method", "created_at")
    search_fields = (*BY_PATIENT, "reference")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    may_add = False
    may_change = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        """With everybody the page names."""
        rows = super().get_queryset(request)
        return rows.select_related("wallet", "patient__member", "other__member", "entered_by")

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, obj: LedgerEntry) -> str:
        """The amount in the wallet's currency."""
        return money(obj.amount, obj.wallet.currency)

    @admin.display(description=_("balance after it"))
    def after(self, obj: LedgerEntry) -> str:
        """The balance in the wallet's currency."""
        return money(obj.balance_after, obj.wallet.currency)

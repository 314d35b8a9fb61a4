"""Taxes and the rules for invoices in the clinic's admin: stored by the services."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing import services
from billing.models import BillingPolicy, TaxRate
from clinic.admin import clinic_site, step
from scheduling.admin.through import ServiceForm, ThroughService


class TaxForm(ServiceForm):
    """A tax, added or changed."""

    def carry_out(self, **data: Any) -> TaxRate:
        """Add or change it."""
        if self.instance._state.adding:
            return services.add_tax_rate(by=self.by, **data)
        return services.update_tax_rate(self.instance, by=self.by, **data)


@admin.register(TaxRate, site=clinic_site)
class TaxRateAdmin(ThroughService):
    """Taxes."""

    form = TaxForm
    list_display = ("name", "percent", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    readonly_fields = ("is_active",)
    actions = ("retire_tax_rate", "restore_tax_rate")

    retire_tax_rate = step(services.retire_tax_rate, _("Offer no longer"))
    restore_tax_rate = step(services.restore_tax_rate, _("Offer again"))


class PolicyForm(ServiceForm):
    """The rules, changed."""

    def carry_out(self, **data: Any) -> BillingPolicy:
        """Change the one row of rules."""
        return services.update_billing_policy(by=self.by, **data)


@admin.register(BillingPolicy, site=clinic_site)
class BillingPolicyAdmin(ThroughService):
    """The rules for invoices: one row, which the page of the settings makes when it is first saved."""

    form = PolicyForm
    may_add = False
    list_display = ("__str__", "tax_inclusive", "default_tax", "days_to_pay")
    list_select_related = ("default_tax",)

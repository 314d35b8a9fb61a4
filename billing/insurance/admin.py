"""Payers and policies in the clinic's admin, stored by the services."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.insurance import services
from billing.insurance.models import Payer, Policy
from clinic.admin import ClinicAdmin, clinic_site, step
from scheduling.admin.through import ServiceForm, ThroughService


class PayerForm(ServiceForm):
    """A payer, added or changed."""

    def carry_out(self, **data: str) -> Payer:
        """Add or change it."""
        if self.instance._state.adding:
            return services.add_payer(by=self.by, **data)
        return services.update_payer(self.instance, by=self.by, **data)


@admin.register(Payer, site=clinic_site)
class PayerAdmin(ThroughService):
    """Who pays for patients."""

    form = PayerForm
    fields = ("name", "number", "contact", "is_active")
    list_display = ("name", "number", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "number")
    state_fields = ("is_active",)
    actions = ("retire_payer", "restore_payer")

    retire_payer = step(services.retire_payer, _("Use no longer"))
    restore_payer = step(services.restore_payer, _("Use again"))


@admin.register(Policy, site=clinic_site)
class PolicyAdmin(ClinicAdmin):
    """Policies, to be read: they are written on the patient's file."""

    list_display = ("patient", "payer", "member_number", "coverage", "valid_from", "valid_until", "priority")
    list_filter = ("payer",)
    list_select_related = ("patient__member", "payer")
    search_fields = ("member_number", "patient__number", "patient__member__family_name")
    may_add = False
    may_change = False

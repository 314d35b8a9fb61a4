"""Credit notes in the clinic's admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.models import CreditNote
from clinic.admin import ClinicAdmin, clinic_site
from clinic.templatetags.clinic import money


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

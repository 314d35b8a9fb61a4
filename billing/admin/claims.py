"""Claims in the clinic's admin, read-only but for what is sent and withdrawn."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing import services
from billing.models import Claim
from clinic.admin import ClinicAdmin, clinic_site, step
from clinic.templatetags.clinic import money


@admin.register(Claim, site=clinic_site)
class ClaimAdmin(ClinicAdmin):
    """What insurances are asked for; their answers are written down on the list of claims."""

    list_display = ("payer", "patient", "invoice", "sum", "accepted", "status", "sent_at")
    list_filter = ("status", "payer")
    search_fields = ("invoice__number", "patient__number", "patient__member__family_name")
    date_hierarchy = "created_at"
    may_add = False
    may_change = False
    actions = ("send_claim", "withdraw_claim")

    send_claim = step(services.send_claim, _("Sent"))
    withdraw_claim = step(services.withdraw_claim, _("Withdraw"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """With everybody the page names."""
        return super().get_queryset(request).with_people()  # type: ignore[attr-defined]

    @admin.display(description=_("asked for"), ordering="amount")
    def sum(self, obj: Claim) -> str:
        """In the invoice's currency."""
        return money(obj.amount, obj.invoice.currency)

    @admin.display(description=_("accepted"), ordering="accepted_amount")
    def accepted(self, obj: Claim) -> str:
        """In the invoice's currency."""
        return money(obj.accepted_amount, obj.invoice.currency)

"""Cash desks in the clinic's admin: everything to be seen, changed only through the services."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.cash import services
from billing.cash.models import CashCount, CashDesk, CashMovement, CashSession, CashShift
from clinic.admin import ClinicAdmin, PartInline, clinic_site, step
from clinic.templatetags.clinic import money


@admin.register(CashDesk, site=clinic_site)
class CashDeskAdmin(ClinicAdmin):
    """The desks: named here, used no longer instead of deleted."""

    list_display = ("name", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    state_fields = ("is_active",)
    actions = ("retire_desk", "reopen_desk")

    retire_desk = step(services.retire_desk, _("Use no longer"))
    reopen_desk = step(services.reopen_desk, _("Use again"))


class ShiftInline(PartInline):
    """Who worked at a session."""

    model = CashShift
    fields = readonly_fields = ("member", "since", "until")


class CountInline(PartInline):
    """What was counted, note by note."""

    model = CashCount
    fields = readonly_fields = ("value", "pieces")


@admin.register(CashSession, site=clinic_site)
class CashSessionAdmin(ClinicAdmin):
    """Sessions, read-only."""

    list_display = ("opened_at", "desk", "status", "opened_by", "sum", "off", "closed_at", "closed_by")
    list_filter = ("status", "desk")
    list_select_related = ("desk", "opened_by", "closed_by")
    search_fields = ("desk__name", "explanation")
    date_hierarchy = "opened_at"
    inlines = (ShiftInline, CountInline)
    may_add = False
    may_change = False

    @admin.display(description=_("counted"), ordering="counted")
    def sum(self, obj: CashSession) -> str:
        """In the session's currency."""
        return money(obj.counted, obj.currency)

    @admin.display(description=_("difference"), ordering="difference")
    def off(self, obj: CashSession) -> str:
        """In the session's currency."""
        return money(obj.difference, obj.currency)


@admin.register(CashMovement, site=clinic_site)
class CashMovementAdmin(ClinicAdmin):
    """What moved in the drawers, read-only."""

    list_display = ("created_at", "session", "kind", "sum", "for_what", "moved_by")
    list_filter = ("kind",)
    search_fields = ("reason",)
    date_hierarchy = "created_at"
    may_add = False
    may_change = False

    def get_queryset(self, request: Any) -> Any:
        """With everything the page names."""
        return super().get_queryset(request).select_related("session__desk").with_sources()  # type: ignore[attr-defined]

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, obj: CashMovement) -> str:
        """In the session's currency."""
        return money(obj.amount, obj.session.currency)

    @admin.display(description=_("for"))
    def for_what(self, obj: CashMovement) -> str:
        """The invoice, the wallet's owner or the reason."""
        return obj.about

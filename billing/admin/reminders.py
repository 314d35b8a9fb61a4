"""Reminders of overdue invoices in the clinic's admin."""

from django.contrib import admin

from billing.models import InvoiceReminder
from clinic.admin import ClinicAdmin, clinic_site


@admin.register(InvoiceReminder, site=clinic_site)
class InvoiceReminderAdmin(ClinicAdmin):
    """Who was reminded of what, read-only."""

    list_display = ("reminded_on", "invoice", "number", "reminded_by")
    list_select_related = ("invoice__series", "reminded_by")
    search_fields = ("invoice__number",)
    date_hierarchy = "reminded_on"
    may_add = False
    may_change = False

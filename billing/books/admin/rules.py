"""Categories, closed months and the fiscal year in the clinic's admin."""

from django.contrib import admin

from billing.books.models import BooksPolicy, Category, ClosedMonth
from clinic.admin import ClinicAdmin, clinic_site


@admin.register(Category, site=clinic_site)
class CategoryAdmin(ClinicAdmin):
    """Categories, read-only."""

    list_display = ("__str__", "kind", "retired_at")
    list_filter = ("kind",)
    search_fields = ("name",)
    may_add = False
    may_change = False


@admin.register(ClosedMonth, site=clinic_site)
class ClosedMonthAdmin(ClinicAdmin):
    """Which months were closed and opened again, read-only."""

    list_display = ("month", "closed_at", "closed_by", "reopened_at", "reopened_by", "reopen_reason")
    list_select_related = ("closed_by", "reopened_by")
    date_hierarchy = "month"
    may_add = False
    may_change = False


@admin.register(BooksPolicy, site=clinic_site)
class BooksPolicyAdmin(ClinicAdmin):
    """When the fiscal year starts, read-only."""

    list_display = ("__str__", "year_starts")
    may_add = False
    may_change = False

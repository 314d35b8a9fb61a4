"""Erasures in the clinic's admin: to read. They are carried out on the patient's file."""

from django.contrib import admin

from clinic.admin import ClinicAdmin, PartInline, clinic_site
from clinic.erasure.models import Erasure, ErasureStep, LegalHold, RetentionRule


class StepInline(PartInline):
    """What was done, line by line."""

    model = ErasureStep
    fields = ("phase", "table_name", "rows", "entries", "is_delete")


@admin.register(Erasure, site=clinic_site)
class ErasureAdmin(ClinicAdmin):
    """Who was erased, by the pseudonym."""

    list_display = ("pseudonym", "created_at", "status", "clinical_until", "accounts_until")
    list_filter = ("status",)
    search_fields = ("pseudonym",)
    inlines = (StepInline,)
    may_add = False
    may_change = False


@admin.register(LegalHold, site=clinic_site)
class LegalHoldAdmin(ClinicAdmin):
    """Files that must stay as they are."""

    list_display = ("patient_id", "created_at", "reason", "lifted_at")
    may_add = False
    may_change = False


@admin.register(RetentionRule, site=clinic_site)
class RetentionRuleAdmin(ClinicAdmin):
    """Times to keep that are longer than the law's."""

    list_display = ("kind", "years", "least")
    may_add = False
    may_change = False

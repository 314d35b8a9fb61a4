"""The clinic's own lists in its admin: to look up. They are loaded from files on the page of medicines."""

from django.contrib import admin

from clinic.admin import ClinicAdmin, clinic_site
from records.medicines.models import ClinicInteraction, ClinicMedicineName, ClinicSubstance


class MedicineListAdmin(ClinicAdmin):
    """A list that is a file: nothing of it is changed one by one."""

    may_add = False
    may_change = False


@admin.register(ClinicSubstance, site=clinic_site)
class ClinicSubstanceAdmin(MedicineListAdmin):
    """The clinic's substances and classes."""

    list_display = ("name", "kind", "classes", "cross", "source")
    list_filter = ("kind",)
    search_fields = ("name", "key")


@admin.register(ClinicMedicineName, site=clinic_site)
class ClinicMedicineNameAdmin(MedicineListAdmin):
    """The clinic's synonyms, brands and combinations."""

    list_display = ("name", "means", "source")
    search_fields = ("name", "key")


@admin.register(ClinicInteraction, site=clinic_site)
class ClinicInteractionAdmin(MedicineListAdmin):
    """The clinic's interactions."""

    list_display = ("first", "second", "kind", "severity", "effect", "source")
    list_filter = ("severity", "kind")
    search_fields = ("first", "second")

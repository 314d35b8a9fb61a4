"""The shared lists in the platform's admin: to look up. Codes change by a migration, medicines by
`manage.py load_medicines`."""

from django.contrib import admin

from clinic.admin import platform_site
from records.terminology.models import DiagnosisCode, Interaction, MedicineName, Substance
from tenants.admin import PlatformAdmin


@admin.register(DiagnosisCode, site=platform_site)
class DiagnosisCodeAdmin(PlatformAdmin):
    """ICD-10."""

    may_add = False
    may_change = False
    list_display = ("code", "title")
    search_fields = ("code__istartswith", "search")
    ordering = ("code",)


class MedicineListAdmin(PlatformAdmin):
    """What the platform knows of medicines: loaded from files, whole, so that nothing is half known."""

    may_add = False
    may_change = False


@admin.register(Substance, site=platform_site)
class SubstanceAdmin(MedicineListAdmin):
    """Substances and classes."""

    list_display = ("name", "kind", "classes", "cross", "source")
    list_filter = ("kind",)
    search_fields = ("name", "key")


@admin.register(MedicineName, site=platform_site)
class MedicineNameAdmin(MedicineListAdmin):
    """Synonyms, brands and combinations."""

    list_display = ("name", "means", "source")
    search_fields = ("name", "key")


@admin.register(Interaction, site=platform_site)
class InteractionAdmin(MedicineListAdmin):
    """Interactions, and what an allergy means for another group."""

    list_display = ("first", "second", "kind", "severity", "effect", "source")
    list_filter = ("severity", "kind")
    search_fields = ("first", "second")

"""Prescriptions in the clinic's admin."""

from django.contrib import admin

from clinic.admin import ClinicAdmin, PartInline, clinic_site
from records.admin.base import RecordAdmin
from records.models import Favourite, FavouriteItem, Prescription, PrescriptionItem


class ItemInline(PartInline):
    """The medicines of a prescription."""

    model = PrescriptionItem
    fields = readonly_fields = ("position", *PrescriptionItem.TEXTS)


@admin.register(Prescription, site=clinic_site)
class PrescriptionAdmin(RecordAdmin):
    """Prescriptions with their medicines."""

    list_display = ("created_at", "patient", "doctor", "status", "activated_at")
    list_filter = ("status", "created_at")
    list_select_related = ("patient__member", "doctor__member")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
    inlines = (ItemInline,)


class FavouriteInline(PartInline):
    """The lines of a favourite."""

    model = FavouriteItem
    fields = readonly_fields = ("position", *FavouriteItem.TEXTS)


@admin.register(Favourite, site=clinic_site)
class FavouriteAdmin(ClinicAdmin):
    """What doctors prescribe again and again: theirs alone to change."""

    may_add = False
    may_change = False
    list_display = ("name", "doctor", "created_at")
    list_select_related = ("doctor__member",)
    search_fields = ("name", "doctor__member__given_name", "doctor__member__family_name")
    inlines = (FavouriteInline,)

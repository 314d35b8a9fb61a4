"""What the clinic's messages have said, in its admin: every version, never changed."""

from django.contrib import admin

from clinic.admin import ClinicAdmin, clinic_site
from clinic.texts.models import MessageText


@admin.register(MessageText, site=clinic_site)
class MessageTextAdmin(ClinicAdmin):
    """All versions of all texts."""

    list_display = ("kind", "channel", "language", "version", "author", "created_at")
    list_filter = ("channel", "language", "kind")
    search_fields = ("subject", "opening", "closing", "text", "author")
    date_hierarchy = "created_at"
    may_add = False
    may_change = False

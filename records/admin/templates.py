"""Text templates in the clinic's admin."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.admin import clinic_site, step
from records import services
from records.models import Consultation, TextTemplate
from scheduling.admin.through import ServiceForm, ThroughService


class TextTemplateForm(ServiceForm):
    """A template, kept by its services."""

    def carry_out(self, **data: Any) -> TextTemplate:
        """A new one, or the changed one."""
        if self.instance._state.adding:
            return services.add_text_template(by=self.by, **data)
        return services.update_text_template(self.instance, by=self.by, **data)


@admin.register(TextTemplate, site=clinic_site)
class TextTemplateAdmin(ThroughService):
    """Kept as on the clinic's own page."""

    form = TextTemplateForm
    fields = ("name", "specialisation", *Consultation.TEXTS)
    list_display = ("name", "specialisation", "created_at")
    search_fields = ("name", *Consultation.TEXTS)
    ordering = ("name", "id")
    actions = ("remove_text_template",)
    remove_text_template = step(services.remove_text_template, _("Remove the template"))

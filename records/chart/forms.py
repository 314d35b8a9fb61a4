"""What is typed to open a record, and to search the trail."""

from django.utils.translation import gettext_lazy as _

from clinic.forms import ReasonForm


class GlassForm(ReasonForm):
    """Why a doctor opens the record of a patient who is not in the own care."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label = _("Why do you need to open it?")
        reason.help_text = _("For example: emergency in the waiting room; covering for a colleague.")
        reason.widget.attrs["autofocus"] = True

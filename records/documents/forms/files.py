"""Choosing several files at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records.documents.models.file import EXTENSIONS

ACCEPTED = ",".join(EXTENSIONS)
HELP = _("PDF, JPEG, PNG or WebP; up to 10 files of 20 MB each. Places and names in photos are removed.")
AGAIN = _("Choose the files again: a browser forgets them when a form comes back.")


class FilesInput(forms.ClearableFileInput):
    """The browser's own field for files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    def __init__(self, **kwargs: Any) -> None:
        widget = FilesInput(attrs={"accept": ACCEPTED})
        super().__init__(**{"label": _("Files"), "help_text": HELP, "widget": widget, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each of them; what they hold, the service looks at."""
        return [super(FilesField, self).clean(file, initial) for file in data or ()]


def ask_again(form: forms.BaseForm) -> None:
    """Where a form comes back with an error, say that its files have to be chosen once more."""
    if form.files and "uploads" not in form.errors:
        form.add_error("uploads", AGAIN)

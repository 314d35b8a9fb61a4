"""What is typed about medicines."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form

LARGEST = 1_000_000


class LookUpForm(forms.Form):
    """A medicine as one would write it on a sheet."""

    medicine = forms.CharField(label=_("Medicine, as you would write it"), max_length=200, required=False)


class LoadForm(Form):
    """A list as a file, or as text; after a preview the text is the file's."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        help_text=_("From a spreadsheet: save as CSV (UTF-8)."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    text = forms.CharField(
        label=_("or its text"),
        required=False,
        max_length=LARGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "font-monospace"}),
    )

    def clean_file(self) -> str:
        """The text of the file."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size is None or file.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than 1 MB."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This is no text in UTF-8. Save it as CSV (UTF-8).")) from None

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        if not self.errors and not self.list_text.strip():
            self.add_error("file", _("Choose a file, or paste its text."))
        return self.cleaned_data

    @property
    def list_text(self) -> str:
        """The list: the file's, if one was chosen."""
        return self.cleaned_data.get("file") or self.cleaned_data.get("text", "")

    def service_data(self) -> dict[str, Any]:
        """The list alone."""
        return {"text": self.list_text}

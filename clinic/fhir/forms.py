"""What is asked for before files of another system are brought in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form
from clinic.uploads import LARGEST_FILE

MOST_CHOSEN = 100


class FilesInput(forms.ClearableFileInput):
    """The browser's own field for several files."""

    allow_multiple_selected = True


class BundlesField(forms.FileField):
    """Any number of files, as a list."""

    widget = FilesInput(attrs={"accept": ".json,.ndjson,.zip,.gz,application/json,application/zip"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each of them, none larger than is taken."""
        found = [super(BundlesField, self).clean(file, initial) for file in data or ()]
        if not found:
            raise forms.ValidationError(_("Choose at least one file."))
        if len(found) > MOST_CHOSEN:
            raise forms.ValidationError(_("Choose at most 100 files, or put them into one ZIP."))
        if any(file.size > LARGEST_FILE for file in found):
            raise forms.ValidationError(_("A file may have 20 MB. Put large ones into a ZIP, or several."))
        return found


class UploadForm(Form):
    """The files, and what the system they come from is called."""

    uploads = BundlesField(
        label=_("Files"),
        help_text=_(
            "FHIR R4 as JSON, one file or many, or a ZIP of them. The file of one patient is a “bundle”."
        ),
    )
    system = forms.CharField(
        label=_("Name of the other system"),
        max_length=100,
        required=False,
        help_text=_("Only if its records are numbered without an address. Use the same name each time."),
    )


class SameForm(Form):
    """Which of the patients who would be new are somebody who is here already."""

    def __init__(self, *args: Any, doubts: Iterable[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doubts = list(doubts)
        for number, doubt in enumerate(self.doubts):
            choices: list[tuple[str, Any]] = [("", _("Somebody new: make a file"))]
            for each in doubt["alike"]:
                reasons = ", ".join(each["reasons"])
                choices.append((each["key"], f"{each['number']} {each['name']} ({reasons})"))
            born = f", {doubt['born']}" if doubt["born"] else ""
            label = f"{doubt['name']}{born}"
            self.fields[f"same-{number}"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def service_data(self) -> dict[str, Any]:
        """By the name of each in the other system: the key of the patient here."""
        chosen = {
            doubt["key"]: self.cleaned_data.get(f"same-{number}") for number, doubt in enumerate(self.doubts)
        }
        return {"same": {key: value for key, value in chosen.items() if value}}

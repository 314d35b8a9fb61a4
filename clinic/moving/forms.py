"""What is chosen when something is brought in."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form
from clinic.moving.reading import DATE_ORDERS, ENCODINGS, SEPARATORS, Shape
from clinic.moving.reading.shape import DECIMALS, QUOTES
from clinic.moving.reading.sheet import MOST_ROWS, TOP
from clinic.moving.tables import Taker
from clinic.moving.tables.shown import Shown
from clinic.uploads import LARGEST_FILE

ACCEPTED = ".csv,.tsv,.txt,.xlsx,text/csv,text/tab-separated-values"


class UploadForm(Form):
    """A table as a file."""

    file = forms.FileField(
        label=_("CSV or Excel file (XLSX)"),
        max_length=160,
        help_text=_("At most 20,000 rows and 20 MB. Nothing is stored before you have seen it."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        error_messages={"max_length": _("The name of the file is too long.")},
    )

    def clean_file(self) -> UploadedFile:
        """A file of a size that is taken."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST_FILE:
            raise forms.ValidationError(_("This file is larger than 20 MB."))
        return file


class ShapeForm(Form):
    """How the file is written, where it was recognised wrongly."""

    sheet = forms.ChoiceField(label=_("Sheet of the workbook"), choices=[], required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()), required=False)
    separator = forms.ChoiceField(label=_("Columns are parted by"), choices=[], required=False)
    quote = forms.ChoiceField(label=_("Around a cell"), choices=[], required=False)
    head = forms.IntegerField(
        label=_("Line of the heads"),
        min_value=0,
        max_value=TOP,
        help_text=_("0 if there are no heads."),
        error_messages={"required": _("Say in which line the heads stand; 0 if there are none.")},
    )
    date_order = forms.ChoiceField(label=_("Dates"), choices=list(DATE_ORDERS.items()))
    decimal = forms.ChoiceField(label=_("Amounts"), choices=list(DECIMALS.items()))
    # A tab in a form is stripped on its way.
    NAMES = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar", '"': "double", "'": "single"}

    def __init__(self, *args: Any, shape: Shape, sheets: list[str], **kwargs: Any) -> None:
        initial = shape.stored()
        initial |= {name: self.NAMES.get(initial[name], "") for name in ("separator", "quote")}
        super().__init__(*args, initial=initial, **kwargs)
        for name, signs in (("separator", SEPARATORS), ("quote", QUOTES)):
            choices = [(self.NAMES[sign], label) for sign, label in signs.items()]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        if len(sheets) < 2:
            del self.fields["sheet"]
        # A workbook has none of these.
        for name in () if shape.encoding else ("encoding", "separator", "quote"):
            del self.fields[name]

    def service_data(self) -> dict[str, Any]:
        """The signs instead of their names."""
        signs = {name: sign for sign, name in self.NAMES.items()}
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return given | {name: signs[given[name]] for name in ("separator", "quote") if name in given}


class MappingForm(Form):
    """Which column is which: one choice for each column of the file."""

    def __init__(
        self, *args: Any, taker: type[Taker], plan: Shown, mapping: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("– left out –"))]
        choices += [(column.name, _required(column)) for column in taker.columns]
        for place, head in enumerate(plan.heads):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=head["head"] or _("Column %(number)s") % {"number": place + 1},
                choices=choices,
                required=False,
                initial=mapping.get(str(place), ""),
                help_text=" · ".join(example[:60] for example in head["examples"]),
            )

    def service_data(self) -> dict[str, Any]:
        """The columns that are not left out."""
        chosen = {name.removeprefix("column-"): value for name, value in self.cleaned_data.items() if value}
        return {"mapping": chosen}


def _required(column: Any) -> str:
    return f"{column.label} *" if column.required else str(column.label)


class DecideForm(Form):
    """What becomes of one row."""

    line = forms.IntegerField(min_value=1, max_value=10 * MOST_ROWS)
    choice = forms.CharField(max_length=10)


class StartForm(Form):
    """The last word before something is stored."""

    leave_out = forms.BooleanField(label=_("Leave out the rows with problems"), required=False)

"""What is typed into prescriptions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.forms import NOT_WHOLE, Form, FormSet, ModelForm
from clinic.models import Refusal
from records.forms.consultations import text_area
from records.models import Prescription, PrescriptionItem
from records.models.item import MOST_ITEMS

# How many rows a new sheet offers.
FIRST_ROWS = 3
# Offered while the form of a medicine is typed; anything else is as good.
MEDICINE_FORMS = (
    _("tablets"),
    _("capsules"),
    _("drops"),
    _("globules"),
    _("syrup"),
    _("suspension"),
    _("powder"),
    _("ointment"),
    _("cream"),
    _("gel"),
    _("eye drops"),
    _("nasal spray"),
    _("inhaler"),
    _("suppositories"),
    _("injection"),
    _("patches"),
    _("mother tincture"),
)


class ItemForm(ModelForm):
    """One row of a prescription. An empty row is no row."""

    class Meta:
        model = PrescriptionItem
        fields = PrescriptionItem.TEXTS
        widgets = {"form": forms.TextInput(attrs={"list": "medicine-forms"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["medicine"].required = False

    def clean(self) -> dict[str, Any]:
        """A row that says anything names its medicine."""
        texts = [self.cleaned_data.get(name, "") for name in PrescriptionItem.TEXTS]
        if any(texts) and not texts[0] and "medicine" not in self.errors:
            self.add_error("medicine", _("Name the medicine, or clear the row."))
        return self.cleaned_data


class BaseItemFormSet(FormSet):
    """The rows of a prescription."""

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        """Each row can be taken away."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")


ItemFormSet = forms.formset_factory(
    ItemForm, formset=BaseItemFormSet, extra=0, can_delete=True, max_num=MOST_ITEMS, validate_max=True
)


class PrescriptionForm(Form):
    """A prescription with its rows, as one form. `rows`: how many to show at least."""

    notes = forms.CharField(
        label=_("Notes for the patient"), max_length=2000, required=False, widget=text_area(2)
    )

    def __init__(self, data: Any = None, *, prescription: Prescription, rows: int = FIRST_ROWS) -> None:
        super().__init__(data, initial={"notes": prescription.notes})
        self.known = [item.texts for item in prescription.items.all()]
        self.rows = rows

    @cached_property
    def items(self) -> forms.BaseFormSet:
        """The rows: those on record, and empty ones to type in."""
        # What was sent counts by itself: Django takes a further row that equals the one on record for no row.
        given = {"data": self.data} if self.is_bound else {"initial": self.known}
        rows = ItemFormSet(**given, prefix="items")
        rows.extra = max(min(self.rows, MOST_ITEMS) - len(self.known), 0)
        return rows

    @property
    def medicine_forms(self) -> Sequence[Any]:
        """What is offered while the form of a medicine is typed."""
        return MEDICINE_FORMS

    @property
    def is_full(self) -> bool:
        """Whether the sheet holds no further row."""
        return self.items.total_form_count() >= MOST_ITEMS

    def is_valid(self) -> bool:
        """Whether the notes and every row are well-formed."""
        return all((super().is_valid(), self.items.is_valid()))

    def service_data(self) -> dict[str, Any]:
        """The notes, and the texts of each row that names a medicine and is not marked for removal."""
        data = {"notes": self.cleaned_data["notes"], "items": self.lines}
        return self._with_stored(data) if self.data.get("then") == "both" else data

    @property
    def lines(self) -> list[dict[str, str]]:
        """The texts of each row that names a medicine and is not marked for removal."""
        rows = [row.cleaned_data for row in self.items if not row.cleaned_data.get("DELETE")]
        names = PrescriptionItem.TEXTS
        return [{name: row.get(name, "") for name in names} for row in rows if row.get("medicine")]

    def line(self, number: str) -> list[dict[str, str]]:
        """The line of the row at place `number` (from 0), for what is done with one row alone."""
        rows = list(self.items)
        row = rows[int(number)].cleaned_data if number.isdecimal() and int(number) < len(rows) else {}
        names = PrescriptionItem.TEXTS
        return [{name: row.get(name, "") for name in names}] if row.get("medicine") else []

    @property
    def typed(self) -> list[PrescriptionItem]:
        """The same, to be shown."""
        return [PrescriptionItem(**line) for line in self.lines]

    def so_far(self) -> dict[str, Any]:
        """The same of a form that is still being typed in: what is well-formed in it.

        Raises Refusal when rows got lost on the way.
        """
        self.full_clean()
        if self.items.non_form_errors():
            raise Refusal(NOT_WHOLE)
        return {"notes": self.cleaned_data.get("notes", self.initial["notes"]), "items": self.lines}

    @property
    def has_unnamed(self) -> bool:
        """Whether a row says something and names no medicine yet."""
        return any("medicine" in row.errors for row in self.items)

    def _with_stored(self, typed: dict[str, Any]) -> dict[str, Any]:
        """What was typed, and after it what is stored besides."""
        lines = [*typed["items"], *(line for line in self.known if line not in typed["items"])]
        notes = dict.fromkeys((typed["notes"], self.initial["notes"]))
        return {"notes": "\n".join(filter(None, notes)), "items": lines}


def blank_row(number: int) -> forms.ModelForm:
    """The empty row at place `number` (from 0), for the button that adds one."""
    row = ItemFormSet(prefix="items").empty_form
    row.prefix = f"items-{number}"
    return row

"""The lines of a draft, as they are typed."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import BillingPolicy, Charge, Invoice, InvoiceLine, TaxRate
from billing.models.taxes import named_tax
from clinic.forms import Form, FormSet, money_field
from clinic.money import NOTHING, SMALLEST, rounded

MOST_LINES = 100
# What a line copies of a tax.
Copied = tuple[str, Decimal]


class LineForm(Form):
    """One line of a draft."""

    description = forms.CharField(label=_("Description"), max_length=200)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=9, decimal_places=3, min_value=SMALLEST, initial=1
    )
    unit_price = forms.DecimalField(label=_("Price"), max_digits=14, decimal_places=3, min_value=NOTHING)
    discount_percent = forms.DecimalField(
        label=_("Discount in %"),
        max_digits=5,
        decimal_places=2,
        min_value=NOTHING,
        max_value=100,
        required=False,
    )
    tax = forms.ChoiceField(label=_("Tax"), required=False)

    def __init__(
        self, *args: Any, digits: int, taxes: dict[str, Copied], usual_tax: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.taxes = taxes
        self.fields["unit_price"] = money_field(digits, label=_("Price"), min_value=NOTHING)
        self.fields["tax"].choices = [  # type: ignore[attr-defined]
            ("", _("No tax")),
            *((key, named_tax(*copied)) for key, copied in taxes.items()),
        ]
        self.fields["tax"].initial = usual_tax
        if not taxes:
            del self.fields["tax"]
        for name, field in self.fields.items():
            # The label stands above the first line alone on a wide screen; the name goes with every field.
            css = "form-select" if name == "tax" else "form-control"
            field.widget.attrs |= {"class": css, "aria-label": field.label}

    def charge(self) -> Charge:
        """What the line says."""
        typed = self.cleaned_data
        tax_name, tax_percent = self.taxes.get(typed.get("tax", ""), ("", NOTHING))
        return Charge(
            typed["description"],
            typed["quantity"],
            typed["unit_price"],
            typed["discount_percent"] or NOTHING,
            tax_name,
            tax_percent,
        )


Lines = forms.formset_factory(
    LineForm, formset=FormSet, extra=3, can_delete=True, max_num=MOST_LINES, validate_max=True
)


def lines_of(invoice: Invoice, data: Any = None) -> Any:
    """The draft's lines with room for more; each bears a tax in use, or the one it has."""
    present = list(invoice.lines.all())
    offered = [(tax.name, tax.percent) for tax in TaxRate.objects.active()]
    taxes = {_key(*copied): copied for copied in (*offered, *map(_copied, present)) if copied[0]}
    usual = BillingPolicy.objects.current().default_tax
    return Lines(
        data,
        prefix="lines",
        initial=[_typed(line) for line in present],
        form_kwargs={
            "digits": invoice.digits,
            "taxes": taxes,
            "usual_tax": _key(usual.name, usual.percent) if usual else "",
        },
    )


def _copied(line: InvoiceLine) -> Copied:
    return line.tax_name, line.tax_percent


def _key(name: str, percent: Decimal) -> str:
    return f"{percent.normalize():f} {name}"


def _typed(line: InvoiceLine) -> dict[str, Any]:
    """The line as somebody would type it: 1 and not 1.000, no discount and not 0."""
    return {
        "description": line.description,
        "quantity": _plain(line.quantity),
        "unit_price": rounded(line.unit_price, line.digits),
        "discount_percent": _plain(line.discount_percent) if line.discount_percent else None,
        "tax": _key(*_copied(line)) if line.tax_name else "",
    }


def _plain(number: Decimal) -> Decimal:
    """Without the zeros behind it: 1.5 for 1.500, 100 for 100.000."""
    return Decimal(f"{number.normalize():f}")

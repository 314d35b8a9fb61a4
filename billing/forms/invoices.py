"""What is typed into invoices, and what their list shows."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from billing.models import Invoice, InvoiceLine
from billing.models.invoices import InvoiceQuerySet
from billing.services.invoices import LONGEST_TO_PAY, Charge
from clinic.forms import DateInput, Form, FormSet, money_field
from clinic.money import NOTHING, SMALLEST, rounded
from records.models import Consultation
from scheduling.models import Appointment

# How long a patient has to pay, unless the desk says otherwise.
DAYS_TO_PAY = 14
MOST_LINES = 100


class InvoiceFilter(forms.Form):
    """Which invoices the list shows."""

    OVERDUE = "overdue"

    q = forms.CharField(required=False, label=_("Patient or number"))
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("All states")), *Invoice.Status.choices, (OVERDUE, _("Overdue"))],
    )

    def applied(self, invoices: InvoiceQuerySet) -> InvoiceQuerySet:
        """Those of `invoices` that were asked for; a malformed question asks for all."""
        wanted = self.cleaned_data if self.is_valid() else {}
        invoices = invoices.search(wanted.get("q", ""))
        state = wanted.get("state")
        if state == self.OVERDUE:
            return invoices.overdue(timezone.localdate())
        return invoices.filter(status=state) if state else invoices


class DraftInvoiceForm(Form):
    """For what an invoice is drafted: a patient, or a visit."""

    patient = forms.ModelChoiceField(PatientProfile.objects.none(), required=False)
    appointment = forms.ModelChoiceField(Appointment.objects.none(), required=False)
    consultation = forms.ModelChoiceField(Consultation.objects.none(), required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        patients = Member.objects.visible_to(member)
        self._offer("patient", PatientProfile.objects.filter(member__in=patients))
        self._offer("appointment", Appointment.objects.visible_to(member).with_people())
        # The desk sees nothing of a consultation, only that it is to be paid.
        billable = Consultation.objects.select_related("appointment", "patient__member", "doctor__member")
        self._offer("consultation", billable)

    def _offer(self, name: str, rows: QuerySet) -> None:
        cast(forms.ModelChoiceField, self.fields[name]).queryset = rows


class LineForm(Form):
    """One line of a draft."""

    description = forms.CharField(label=_("Description"), max_length=200)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=9, decimal_places=3, min_value=SMALLEST, initial=1
    )
    unit_price = forms.DecimalField(label=_("Price"), max_digits=14, decimal_places=3, min_value=NOTHING)

    def __init__(self, *args: Any, digits: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_price"] = money_field(digits, label=_("Price"), min_value=NOTHING)
        for field in self.fields.values():
            # The label stands above the first line alone on a wide screen; the name goes with every field.
            field.widget.attrs |= {"class": "form-control", "aria-label": field.label}

    def charge(self) -> Charge:
        """What the line says."""
        return Charge(**{name: self.cleaned_data[name] for name in ("description", "quantity", "unit_price")})


Lines = forms.formset_factory(
    LineForm, formset=FormSet, extra=3, can_delete=True, max_num=MOST_LINES, validate_max=True
)


class InvoiceForm(Form):
    """A draft's lines and note."""

    notes = forms.CharField(
        label=_("Note on the invoice"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, invoice: Invoice) -> None:
        super().__init__(data, initial={"notes": invoice.notes})
        self.lines = Lines(
            data,
            prefix="lines",
            initial=[_typed(line) for line in invoice.lines.all()],
            form_kwargs={"digits": invoice.digits},
        )

    def is_valid(self) -> bool:
        """Note and lines are well-formed."""
        return all([super().is_valid(), self.lines.is_valid()])

    def service_data(self) -> dict[str, Any]:
        """The note and the lines that were not struck out."""
        kept = [line for line in self.lines if line not in self.lines.deleted_forms and line.cleaned_data]
        return {"notes": self.cleaned_data["notes"], "lines": [line.charge() for line in kept]}


def _typed(line: InvoiceLine) -> dict[str, Any]:
    """The line as somebody would type it: 1 and not 1.000."""
    whole = line.quantity == line.quantity.to_integral_value()
    return {
        "description": line.description,
        "quantity": int(line.quantity) if whole else line.quantity.normalize(),
        "unit_price": rounded(line.unit_price, line.digits),
    }


class IssueInvoiceForm(Form):
    """When the invoice is due."""

    due_on = forms.DateField(label=_("Due on"), widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["due_on"].initial = today + timedelta(days=DAYS_TO_PAY)
        latest = today + LONGEST_TO_PAY
        self.fields["due_on"].widget.attrs |= {"min": today.isoformat(), "max": latest.isoformat()}

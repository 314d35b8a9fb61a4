"""What is typed into invoices, and what their list shows."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from billing.forms.claims import policy_choice
from billing.forms.lines import lines_of
from billing.models import BillingPolicy, Invoice
from billing.models.invoices import InvoiceQuerySet
from billing.models.taxes import LONGEST_TO_PAY
from billing.services.claims import offers
from clinic.forms import DateInput, Form
from records.models import Consultation
from scheduling.models import Appointment


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
        self.lines = lines_of(invoice, data)

    def is_valid(self) -> bool:
        """Note and lines are well-formed."""
        return all([super().is_valid(), self.lines.is_valid()])

    def service_data(self) -> dict[str, Any]:
        """The note and the lines that were not struck out."""
        kept = [line for line in self.lines if line not in self.lines.deleted_forms and line.cleaned_data]
        return {"notes": self.cleaned_data["notes"], "lines": [line.charge() for line in kept]}


class IssueInvoiceForm(Form):
    """When the invoice is due."""

    due_on = forms.DateField(label=_("Due on"), widget=DateInput())

    def __init__(self, data: Any = None, *, invoice: Invoice) -> None:
        super().__init__(data)
        if found := offers(invoice, together=True):
            self.fields["policies"] = policy_choice(found, invoice.currency)
        today = timezone.localdate()
        self.fields["due_on"].initial = today + timedelta(days=BillingPolicy.objects.current().days_to_pay)
        latest = today + timedelta(days=LONGEST_TO_PAY)
        self.fields["due_on"].widget.attrs |= {"min": today.isoformat(), "max": latest.isoformat()}

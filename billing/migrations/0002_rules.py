"""The rules of money that only the database can keep."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    changed,
    composite_foreign_key,
    enforced_transitions,
    frozen,
    frozen_parts,
    guard,
    refuse_if,
)

INVOICE_PAIRS = [("draft", "cancelled"), ("draft", "issued"), ("issued", "balanced")]
PAYMENT_PAIRS = [("pending", "completed"), ("pending", "failed")]


# What the invoice says once it is handed out.
FACTS = (
    "series_id",
    "number",
    "patient_id",
    "appointment_id",
    "consultation_id",
    "currency",
    "digits",
    "total",
    "notes",
    "due_on",
    "issued_at",
)


# At issue the total is what the lines say, and the number is the one the series has just counted.
ISSUED = "".join(
    [
        "IF OLD.status = 'draft' AND NEW.status = 'issued' THEN ",
        "SELECT count(*) AS lines, coalesce(sum(l.amount), 0) AS total INTO due ",
        "FROM billing_invoiceline l WHERE l.invoice_id = NEW.id; ",
        refuse_if("due.lines = 0", "An invoice without lines cannot be issued."),
        refuse_if("due.total <> NEW.total", "The total is not the sum of the lines."),
        refuse_if(
            "NOT EXISTS (SELECT FROM billing_invoiceseries s WHERE s.id = NEW.series_id AND s.last_number = NEW.number)",
            "The number is not the next one of its series.",
        ),
        "ELSIF OLD.status = 'issued' AND NEW.status = 'balanced' THEN ",
        "SELECT coalesce(sum(p.amount), 0) AS total INTO due ",
        "FROM billing_payment p WHERE p.invoice_id = NEW.id AND p.status = 'completed'; ",
        refuse_if("due.total <> NEW.total", "The invoice is not paid in full."),
        "END IF; ",
    ]
)

# The invoice's row is the lock behind which all its payments are added up.
NOT_OVERPAID = "".join(
    [
        "SELECT i.status, i.total, i.digits INTO due FROM billing_invoice i ",
        "WHERE i.id = NEW.invoice_id FOR NO KEY UPDATE; ",
        refuse_if("due.status NOT IN ('issued', 'balanced')", "Only an issued invoice takes payments."),
        refuse_if(
            "NEW.amount <> round(NEW.amount, due.digits)",
            "The amount has more decimal places than the currency.",
        ),
        "SELECT due.total - coalesce(sum(p.amount), 0) AS open INTO due FROM billing_payment p ",
        "WHERE p.invoice_id = NEW.invoice_id AND p.status = 'completed' AND p.id <> NEW.id; ",
        refuse_if(
            "NEW.status = 'completed' AND NEW.amount > due.open",
            "This is more than is still open on the invoice.",
        ),
    ]
)

COUNTED = refuse_if("NEW.last_number <> OLD.last_number + 1", "Invoice numbers are counted one by one.")

# Looked at when the transaction ends: a number that was counted has its invoice, or there would be a gap.
NO_GAP = refuse_if(
    "NOT EXISTS (SELECT FROM billing_invoice i WHERE i.series_id = NEW.id AND i.number = NEW.last_number)",
    "An invoice number was counted without an invoice.",
)


class Migration(migrations.Migration):
    """Frozen once issued, never overpaid, numbered without gaps, of one patient."""

    dependencies = [
        ("billing", "0001_initial"),
        ("audit", "0002_trail"),
        ("records", "0002_rules"),
        ("scheduling", "0002_rules"),
    ]

    operations = [
        *audited("billing_invoiceseries", "billing_invoice", "billing_invoiceline", "billing_payment"),
        *enforced_transitions("billing_invoice", INVOICE_PAIRS, initial=["draft"]),
        *enforced_transitions("billing_payment", PAYMENT_PAIRS, initial=["pending", "completed"]),
        *frozen(
            "billing_invoice",
            when=f"OLD.status <> 'draft' AND {changed(*FACTS)}",
            message="An issued invoice stays as it is.",
        ),
        *frozen_parts(
            "billing_invoiceline",
            parent="billing_invoice",
            key="invoice_id",
            when="p.status <> 'draft'",
            message="The lines of an issued invoice stay as they are.",
        ),
        *frozen(
            "billing_payment",
            when="OLD.status <> 'pending' AND "
            + changed("invoice_id", "amount", "method", "received_at", "idempotency_key"),
            message="A payment stays as it was recorded.",
        ),
        *guard("billing_invoice", "issued", "UPDATE", ISSUED, declarations="DECLARE due record;"),
        *guard(
            "billing_payment", "open", "INSERT OR UPDATE", NOT_OVERPAID, declarations="DECLARE due record;"
        ),
        *frozen(
            "billing_invoiceseries",
            when=f"OLD.last_number > 0 AND {changed('prefix')}",
            message="A series that has numbered invoices keeps its form.",
        ),
        *guard("billing_invoiceseries", "counted", "UPDATE OF last_number", COUNTED),
        *guard("billing_invoiceseries", "gapless", "UPDATE OF last_number", NO_GAP, at_commit=True),
        composite_foreign_key(
            "billing_invoice",
            ["consultation_id", "patient_id"],
            "records_consultation",
            ["id", "patient_id"],
            "billing_invoice_patient_consulted",
        ),
        composite_foreign_key(
            "billing_invoice",
            ["appointment_id", "patient_id"],
            "scheduling_appointment",
            ["id", "patient_id"],
            "billing_invoice_patient_booked",
        ),
        composite_foreign_key(
            "billing_invoiceline",
            ["invoice_id", "digits"],
            "billing_invoice",
            ["id", "digits"],
            "billing_line_digits",
        ),
    ]

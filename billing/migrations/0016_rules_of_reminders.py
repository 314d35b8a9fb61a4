"""A patient is reminded of what is overdue, one time after the other; that it was so stays written."""

from django.db import migrations

from clinic.db.operations import audited, frozen, guard, refuse_if

# The invoice's row is the lock behind which its reminders follow each other.
REMINDED = "".join(
    [
        "SELECT i.status, i.due_on INTO due FROM billing_invoice i ",
        "WHERE i.id = NEW.invoice_id FOR NO KEY UPDATE; ",
        refuse_if(
            "due.status <> 'issued' OR NEW.reminded_on <= due.due_on",
            "Patients are reminded of invoices that are overdue.",
        ),
        refuse_if(
            "billing_open(NEW.invoice_id) <= billing_claimed(NEW.invoice_id)",
            "The patient owes nothing of this invoice.",
        ),
        refuse_if(
            "NEW.number <> 1 + (SELECT count(*) FROM billing_invoicereminder r "
            "WHERE r.invoice_id = NEW.invoice_id)",
            "Reminders are counted one by one.",
        ),
    ]
)


class Migration(migrations.Migration):
    """Counted one by one, of what is owed and overdue, never changed."""

    dependencies = [("billing", "0015_reminders")]

    operations = [
        *guard("billing_invoicereminder", "reminded", "INSERT", REMINDED, declarations="DECLARE due record;"),
        *frozen("billing_invoicereminder", when="true", message="A reminder stays as it was recorded."),
        *audited("billing_invoicereminder"),
    ]

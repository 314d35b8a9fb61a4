"""Money on its way is counted with the money that is here, before more of it is announced."""

from django.db import migrations

from clinic.db.operations import guard, refuse

# The invoice's row is the lock behind which all its payments are added up. Money that is here is not asked:
# whoever pays at the desk is not turned away because of a transfer that may never come.
NOT_ANNOUNCED_TWICE = "".join(
    [
        "IF NEW.status = 'pending' AND (TG_OP = 'INSERT' ",
        "OR (NEW.invoice_id, NEW.amount) IS DISTINCT FROM (OLD.invoice_id, OLD.amount)) THEN ",
        "SELECT i.total INTO due FROM billing_invoice i WHERE i.id = NEW.invoice_id FOR NO KEY UPDATE; ",
        "SELECT due.total - coalesce(sum(p.amount), 0) AS open INTO due FROM billing_payment p ",
        "WHERE p.invoice_id = NEW.invoice_id AND p.status IN ('pending', 'completed') AND p.id <> NEW.id; ",
        "IF NEW.amount > due.open THEN ",
        refuse("Together with the money on its way, this is more than is still open on the invoice."),
        "; END IF; END IF; ",
    ]
)


class Migration(migrations.Migration):
    """What is announced never comes to more than what is open."""

    dependencies = [("billing", "0002_rules")]

    operations = [
        *guard(
            "billing_payment",
            "announced",
            "INSERT OR UPDATE",
            NOT_ANNOUNCED_TWICE,
            declarations="DECLARE due record;",
        ),
    ]

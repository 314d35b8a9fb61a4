"""What is open on an invoice, with what was credited and given back; the rules that hang on it."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    composite_foreign_key,
    frozen,
    guard,
    refuse,
    refuse_if,
    run,
    unguarded,
)

OPEN = """
CREATE FUNCTION billing_open(owed uuid) RETURNS numeric LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
SELECT i.total
    - coalesce((SELECT sum(c.amount) FROM billing_creditnote c WHERE c.invoice_id = i.id), 0)
    - coalesce((SELECT sum(p.amount) FROM billing_payment p
        WHERE p.invoice_id = i.id AND p.status = 'completed'), 0)
    + coalesce((SELECT sum(r.amount) FROM billing_refund r WHERE r.invoice_id = i.id), 0)
FROM billing_invoice i WHERE i.id = owed
$$
"""
LOCKED = (
    "SELECT i.status, i.total, i.digits INTO due FROM billing_invoice i "
    "WHERE i.id = NEW.invoice_id FOR NO KEY UPDATE; "
)
IN_COINS = refuse_if(
    "NEW.amount <> round(NEW.amount, due.digits)", "The amount has more decimal places than the currency."
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
            "NOT EXISTS (SELECT FROM billing_invoiceseries s "
            "WHERE s.id = NEW.series_id AND s.last_number = NEW.number)",
            "The number is not the next one of its series.",
        ),
        "ELSIF OLD.status = 'issued' AND NEW.status = 'balanced' THEN ",
        refuse_if("billing_open(NEW.id) > 0", "The invoice is not paid in full."),
        "END IF; ",
    ]
)
# The invoice's row is the lock behind which all that belongs to it is added up. What is changed here was not
# completed before, so it is not counted yet.
NOT_OVERPAID = "".join(
    [
        LOCKED,
        refuse_if("due.status NOT IN ('issued', 'balanced')", "Only an issued invoice takes payments."),
        IN_COINS,
        "IF NEW.status = 'completed' AND (TG_OP = 'INSERT' OR OLD.status <> 'completed') THEN ",
        refuse_if(
            "NEW.amount > billing_open(NEW.invoice_id)", "This is more than is still open on the invoice."
        ),
        "END IF; ",
    ]
)
# Money that is here is not asked: whoever pays at the desk is not turned away because of a transfer that may
# never come.
NOT_ANNOUNCED_TWICE = "".join(
    [
        "IF NEW.status = 'pending' AND (TG_OP = 'INSERT' ",
        "OR (NEW.invoice_id, NEW.amount) IS DISTINCT FROM (OLD.invoice_id, OLD.amount)) THEN ",
        LOCKED,
        "SELECT coalesce(sum(p.amount), 0) AS announced INTO due FROM billing_payment p ",
        "WHERE p.invoice_id = NEW.invoice_id AND p.status = 'pending' AND p.id <> NEW.id; ",
        refuse_if(
            "NEW.amount > billing_open(NEW.invoice_id) - due.announced",
            "Together with the money on its way, this is more than is still open on the invoice.",
        ),
        "END IF; ",
    ]
)
CREDITED = "".join(
    [
        LOCKED,
        refuse_if("due.status NOT IN ('issued', 'balanced')", "Only an issued invoice is credited."),
        IN_COINS,
        refuse_if(
            "NEW.amount > due.total - coalesce((SELECT sum(c.amount) FROM billing_creditnote c "
            "WHERE c.invoice_id = NEW.invoice_id), 0)",
            "This is more than the invoice is about.",
        ),
        refuse_if(
            "NOT EXISTS (SELECT FROM billing_invoiceseries s "
            "WHERE s.id = NEW.series_id AND s.last_number = NEW.number)",
            "The number is not the next one of its series.",
        ),
    ]
)
REFUNDED = "".join(
    [
        LOCKED,
        IN_COINS,
        "SELECT p.status, p.method, p.amount - coalesce((SELECT sum(r.amount) FROM billing_refund r ",
        "WHERE r.payment_id = p.id), 0) AS kept INTO paid FROM billing_payment p WHERE p.id = NEW.payment_id; ",
        refuse_if("paid.status <> 'completed'", "Only money that has arrived is given back."),
        refuse_if(
            "NEW.method NOT IN (paid.method, 'wallet')",
            "Money goes back the way it came, or into the wallet.",
        ),
        refuse_if("NEW.amount > paid.kept", "This is more than was paid."),
        refuse_if("NEW.amount > -billing_open(NEW.invoice_id)", "So much is owed: it is not given back."),
    ]
)
# When the transaction ends: the entry is written after the refund that it belongs to.
ENTERED = "".join(
    [
        "IF NEW.method = 'wallet' AND NOT EXISTS (SELECT FROM wallets_ledgerentry e ",
        "JOIN billing_invoice i ON i.id = NEW.invoice_id WHERE e.about_id = NEW.id ",
        "AND e.patient_id = i.patient_id AND e.amount = NEW.amount) THEN ",
        refuse("What goes back into a wallet is entered in it."),
        "; END IF; ",
    ]
)
# Looked at when the transaction ends: a number that was counted has its paper, or there would be a gap.
NO_GAP = refuse_if(
    "NOT EXISTS (SELECT FROM billing_invoice i WHERE i.series_id = NEW.id AND i.number = NEW.last_number) "
    "AND NOT EXISTS (SELECT FROM billing_creditnote c WHERE c.series_id = NEW.id AND c.number = NEW.last_number)",
    "An invoice number was counted without an invoice.",
)
DUE = "DECLARE due record;"


class Migration(migrations.Migration):
    """An issued invoice is corrected by new rows; nothing of them is ever changed."""

    dependencies = [("billing", "0006_credit_notes_and_refunds"), ("wallets", "0002_rules")]

    operations = [
        run(OPEN, "DROP FUNCTION billing_open(uuid)"),
        *unguarded("billing_invoice", "issued"),
        *guard("billing_invoice", "issued", "UPDATE", ISSUED, declarations=DUE),
        *unguarded("billing_payment", "open"),
        *guard("billing_payment", "open", "INSERT OR UPDATE", NOT_OVERPAID, declarations=DUE),
        *unguarded("billing_payment", "announced"),
        *guard("billing_payment", "announced", "INSERT OR UPDATE", NOT_ANNOUNCED_TWICE, declarations=DUE),
        *unguarded("billing_invoiceseries", "gapless"),
        *guard("billing_invoiceseries", "gapless", "UPDATE OF last_number", NO_GAP, at_commit=True),
        *guard("billing_creditnote", "credited", "INSERT", CREDITED, declarations=DUE),
        *frozen("billing_creditnote", when="true", message="A credit note never changes."),
        *guard("billing_refund", "refunded", "INSERT", REFUNDED, declarations=f"{DUE} paid record;"),
        *frozen("billing_refund", when="true", message="What was given back stays as it was recorded."),
        *guard("billing_refund", "entered", "INSERT", ENTERED, at_commit=True),
        composite_foreign_key(
            "billing_creditnote",
            ["invoice_id", "patient_id"],
            "billing_invoice",
            ["id", "patient_id"],
            "billing_credit_patient",
        ),
        composite_foreign_key(
            "billing_creditnote",
            ["invoice_id", "digits"],
            "billing_invoice",
            ["id", "digits"],
            "billing_credit_digits",
        ),
        composite_foreign_key(
            "billing_refund",
            ["payment_id", "invoice_id"],
            "billing_payment",
            ["id", "invoice_id"],
            "billing_refund_of_one_invoice",
        ),
        *audited("billing_creditnote", "billing_refund"),
    ]

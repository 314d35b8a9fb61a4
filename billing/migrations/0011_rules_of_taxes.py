"""What an invoice says of its tax is what its lines say, and stays; a credit note states its share."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    changed,
    composite_foreign_key,
    frozen,
    guard,
    refuse_if,
    run,
    unguarded,
)

FACTS = (
    "series_id",
    "number",
    "patient_id",
    "appointment_id",
    "consultation_id",
    "currency",
    "digits",
    "tax_inclusive",
    "tax",
    "total",
    "notes",
    "due_on",
    "issued_at",
)


# At issue total and tax are what the lines say, and the number is the one the series has just counted.
ISSUED = "".join(
    [
        "IF OLD.status = 'draft' AND NEW.status = 'issued' THEN ",
        "SELECT count(*) AS lines, coalesce(sum(l.amount), 0) AS total, coalesce(sum(l.tax), 0) AS tax ",
        "INTO due FROM billing_invoiceline l WHERE l.invoice_id = NEW.id; ",
        refuse_if("due.lines = 0", "An invoice without lines cannot be issued."),
        refuse_if("due.total <> NEW.total", "The total is not the sum of the lines."),
        refuse_if("due.tax <> NEW.tax", "The tax is not the sum of the lines' taxes."),
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
# The tax of all its credit notes together is, to the nearest coin, as large a part of the invoice's tax as
# they are of its total: told without a division, so that nothing is rounded in between.
CREDITED = "".join(
    [
        "SELECT i.status, i.total, i.tax, i.digits INTO due FROM billing_invoice i ",
        "WHERE i.id = NEW.invoice_id FOR NO KEY UPDATE; ",
        refuse_if("due.status NOT IN ('issued', 'balanced')", "Only an issued invoice is credited."),
        refuse_if(
            "NEW.amount <> round(NEW.amount, due.digits) OR NEW.tax <> round(NEW.tax, due.digits)",
            "The amount has more decimal places than the currency.",
        ),
        "SELECT coalesce(sum(c.amount), 0) + NEW.amount AS amount, coalesce(sum(c.tax), 0) + NEW.tax AS tax ",
        "INTO taken FROM billing_creditnote c WHERE c.invoice_id = NEW.invoice_id; ",
        refuse_if("taken.amount > due.total", "This is more than the invoice is about."),
        refuse_if(
            "abs(taken.tax * due.total - due.tax * taken.amount) * 2 * 10 ^ due.digits > due.total",
            "The tax in a credit note is its share of the invoice's.",
        ),
        refuse_if(
            "NOT EXISTS (SELECT FROM billing_invoiceseries s "
            "WHERE s.id = NEW.series_id AND s.last_number = NEW.number)",
            "The number is not the next one of its series.",
        ),
    ]
)
# Each of the two waits for the other: behind the lock of the tax's row.
OFFERED = "".join(
    [
        "PERFORM 1 FROM billing_taxrate t WHERE t.id = NEW.default_tax_id FOR SHARE; ",
        refuse_if(
            "EXISTS (SELECT FROM billing_taxrate t WHERE t.id = NEW.default_tax_id AND NOT t.is_active)",
            "This tax is not in use any more. Choose another one.",
        ),
    ]
)
NOT_THE_DEFAULT = refuse_if(
    "NOT NEW.is_active AND EXISTS (SELECT FROM billing_billingpolicy p WHERE p.default_tax_id = NEW.id)",
    "This is the tax of new lines. Choose another one for them first.",
)
DUE = "DECLARE due record;"


class Migration(migrations.Migration):
    """Lines count as their invoice does; the tax of new lines is one in use."""

    dependencies = [("billing", "0010_discounts_and_taxes")]

    operations = [
        *audited("billing_taxrate", "billing_billingpolicy"),
        *unguarded("billing_invoice", "frozen"),
        *frozen(
            "billing_invoice",
            when=f"OLD.status <> 'draft' AND {changed(*FACTS)}",
            message="An issued invoice stays as it is.",
        ),
        *unguarded("billing_invoice", "issued"),
        *guard("billing_invoice", "issued", "UPDATE", ISSUED, declarations=DUE),
        *unguarded("billing_creditnote", "credited"),
        *guard("billing_creditnote", "credited", "INSERT", CREDITED, declarations=f"{DUE} taken record;"),
        *guard("billing_billingpolicy", "offered", "INSERT OR UPDATE", OFFERED),
        *guard("billing_taxrate", "unused", "UPDATE", NOT_THE_DEFAULT),
        run("ALTER TABLE billing_invoiceline DROP CONSTRAINT billing_line_digits"),
        composite_foreign_key(
            "billing_invoiceline",
            ["invoice_id", "digits", "tax_inclusive"],
            "billing_invoice",
            ["id", "digits", "tax_inclusive"],
            "billing_line_terms",
        ),
    ]

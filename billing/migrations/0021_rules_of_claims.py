"""What is asked of an insurance is not asked of the patient; together it is never more than is open."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    composite_foreign_key,
    enforced_transitions,
    frozen,
    guard,
    refuse_if,
    run,
)

PAIRS = [
    ("draft", "sent"),
    ("draft", "withdrawn"),
    ("sent", "accepted"),
    ("sent", "rejected"),
    ("accepted", "rejected"),
    ("accepted", "paid"),
]
# What a claim says from the moment it is made, and what an insurance has said from then on.
MADE = "id, created_at, invoice_id, patient_id, policy_id, payer_id, amount, digits, made_by_id"


def row(name: str, columns: str) -> str:
    """SQL: these columns of the row `name`."""
    return "(" + ", ".join(f"{name}.{column}" for column in columns.split(", ")) + ")"


CLAIMED = """
CREATE FUNCTION billing_claimed(owed uuid) RETURNS numeric LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
SELECT coalesce(sum(c.outstanding), 0) FROM billing_claim c WHERE c.invoice_id = owed
$$
"""
# The invoice's row is the lock behind which all that belongs to it is added up.
LOCKED = (
    "SELECT i.status, i.digits INTO due FROM billing_invoice i "
    "WHERE i.id = NEW.invoice_id FOR NO KEY UPDATE; "
)
NOT_MORE_THAN_OPEN = "".join(
    [
        LOCKED,
        refuse_if("due.status <> 'issued'", "Insurances are asked for their part of issued invoices."),
        refuse_if(
            "NEW.amount > billing_open(NEW.invoice_id) - billing_claimed(NEW.invoice_id)",
            "This is more than is still open on the invoice.",
        ),
    ]
)
PAID = "".join(
    [
        "IF NEW.status = 'paid' AND OLD.status <> 'paid' THEN ",
        refuse_if(
            "NOT EXISTS (SELECT FROM billing_payment p WHERE p.id = NEW.payment_id "
            "AND p.invoice_id = NEW.invoice_id AND p.method = 'insurance' AND p.status = 'completed' "
            "AND p.amount = NEW.accepted_amount)",
            "A claim is paid by a payment of the insurance, of what it has accepted.",
        ),
        "END IF; ",
    ]
)
THE_INSURANCES = "An insurance is asked for the rest. Withdraw or reject its claim first, or take less."
# Only what is announced or taken now: what is changed here was counted before, or is the insurance's own.
NOT_THE_INSURANCES = "".join(
    [
        "IF NEW.method <> 'insurance' AND NEW.status IN ('pending', 'completed') ",
        "AND (TG_OP = 'INSERT' OR NEW.status <> OLD.status OR NEW.amount <> OLD.amount) THEN ",
        LOCKED,
        refuse_if(
            "billing_claimed(NEW.invoice_id) > 0 "
            "AND NEW.amount > billing_open(NEW.invoice_id) - billing_claimed(NEW.invoice_id)",
            THE_INSURANCES,
        ),
        "END IF; ",
    ]
)
NOT_CREDITED_AWAY = "".join(
    [
        LOCKED,
        refuse_if(
            "billing_claimed(NEW.invoice_id) > 0 "
            "AND NEW.amount > billing_open(NEW.invoice_id) - billing_claimed(NEW.invoice_id)",
            "An insurance is asked for a part of this. Withdraw or reject its claim first.",
        ),
    ]
)
# When the transaction ends: the claim moves after the payment that it is paid by.
OF_A_CLAIM = refuse_if(
    "NEW.method = 'insurance' AND NOT EXISTS (SELECT FROM billing_claim c WHERE c.payment_id = NEW.id)",
    "An insurance pays what it was asked for: enter the payment at its claim.",
)
BACK_TO_THE_PAYER = refuse_if(
    "NEW.method <> 'insurance' AND EXISTS "
    "(SELECT FROM billing_payment p WHERE p.id = NEW.payment_id AND p.method = 'insurance')",
    "What an insurance has paid goes back to the insurance.",
)
DUE = "DECLARE due record;"


class Migration(migrations.Migration):
    """Of one patient and one payer; frozen once made; paid once."""

    dependencies = [("billing", "0020_claims")]

    operations = [
        *audited("billing_claim"),
        *enforced_transitions("billing_claim", PAIRS, initial=["draft"]),
        run(CLAIMED, "DROP FUNCTION billing_claimed(uuid)"),
        *guard("billing_claim", "open", "INSERT", NOT_MORE_THAN_OPEN, declarations=DUE),
        *guard("billing_claim", "paid", "UPDATE", PAID),
        *frozen(
            "billing_claim",
            when="TG_OP = 'DELETE' OR OLD.status IN ('rejected', 'paid', 'withdrawn') "
            f"OR {row('NEW', MADE)} IS DISTINCT FROM {row('OLD', MADE)} "
            "OR (OLD.sent_at IS NOT NULL AND (NEW.sent_at, NEW.sent_by_id) IS DISTINCT FROM (OLD.sent_at, OLD.sent_by_id)) "
            "OR (NEW.status = OLD.status AND NEW.accepted_amount IS DISTINCT FROM OLD.accepted_amount) "
            "OR (NEW.status = 'paid' AND NEW.accepted_amount IS DISTINCT FROM OLD.accepted_amount)",
            message="A claim stays as it was made, and as the insurance has answered it.",
        ),
        *guard("billing_payment", "covered", "INSERT OR UPDATE", NOT_THE_INSURANCES, declarations=DUE),
        *guard("billing_payment", "claimed", "INSERT OR UPDATE", OF_A_CLAIM, at_commit=True),
        *guard("billing_creditnote", "covered", "INSERT", NOT_CREDITED_AWAY, declarations=DUE),
        *guard("billing_refund", "to_the_payer", "INSERT", BACK_TO_THE_PAYER),
        composite_foreign_key(
            "billing_claim",
            ["invoice_id", "patient_id"],
            "billing_invoice",
            ["id", "patient_id"],
            "billing_claim_patient",
        ),
        composite_foreign_key(
            "billing_claim",
            ["invoice_id", "digits"],
            "billing_invoice",
            ["id", "digits"],
            "billing_claim_digits",
        ),
        composite_foreign_key(
            "billing_claim",
            ["policy_id", "patient_id"],
            "insurance_policy",
            ["id", "patient_id"],
            "billing_claim_policy_of_patient",
        ),
        composite_foreign_key(
            "billing_claim",
            ["policy_id", "payer_id"],
            "insurance_policy",
            ["id", "payer_id"],
            "billing_claim_policy_of_payer",
        ),
        composite_foreign_key(
            "billing_claim",
            ["payment_id", "invoice_id"],
            "billing_payment",
            ["id", "invoice_id"],
            "billing_claim_payment_of_invoice",
        ),
    ]

"""What only the database can keep of money that comes and goes by way of a provider."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    changed,
    composite_foreign_key,
    enforced_transitions,
    frozen,
    guard,
    refuse_if,
    run,
)

PAYMENT_PAIRS = [
    ("created", "expired"),
    ("created", "failed"),
    ("created", "pending"),
    ("created", "succeeded"),
    ("expired", "succeeded"),
    ("failed", "succeeded"),
    ("pending", "expired"),
    ("pending", "failed"),
    ("pending", "succeeded"),
]
REFUND_PAIRS = [
    ("asked", "failed"),
    ("asked", "sent"),
    ("failed", "asked"),
    ("failed", "succeeded"),
    ("sent", "asked"),
    ("sent", "failed"),
    ("sent", "succeeded"),
    ("succeeded", "failed"),
]


# What is asked for does not change, whoever begins again begins a new one; and what was paid stays paid.
ASKED = changed(
    "id",
    "provider_id",
    "reference",
    "invoice_id",
    "patient_id",
    "amount",
    "digits",
    "currency",
    "idempotency_key",
)
PAID = "OLD.status = 'succeeded' AND " + changed(
    "succeeded_at", "payment_id", "to_wallet", "their_reference", "their_payment"
)
BEGUN = refuse_if(
    "NOT EXISTS (SELECT FROM billing_invoice i WHERE i.id = NEW.invoice_id "
    "AND i.currency = NEW.currency AND i.status IN ('issued', 'balanced'))",
    "Only an issued invoice is paid online, in its own currency.",
)
# Looked at when the transaction ends: the payment and the entry are written before or after.
COUNTED = "".join(
    [
        "IF NEW.status = 'succeeded' THEN ",
        refuse_if(
            "NEW.amount <> NEW.to_wallet + coalesce((SELECT p.amount FROM billing_payment p "
            "WHERE p.id = NEW.payment_id AND p.invoice_id = NEW.invoice_id "
            "AND p.method = 'online' AND p.status = 'completed'), 0)",
            "What was paid online is on the invoice or in the wallet, all of it.",
        ),
        refuse_if(
            "NEW.to_wallet > 0 AND NOT EXISTS (SELECT FROM wallets_ledgerentry e "
            "WHERE e.about_id = NEW.id AND e.patient_id = NEW.patient_id AND e.amount = NEW.to_wallet)",
            "What goes into a wallet is entered in it.",
        ),
        "END IF; ",
    ]
)
# A key of version 7 (RFC 9562), milliseconds and then chance: PostgreSQL has uuidv7() only from 18 on.
KEY = (
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send("
    "(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid"
)
# Whoever writes the refund, and however: what came through a provider goes back through it.
SENT_BACK = " ".join(
    [
        "CREATE FUNCTION online_send_back() RETURNS trigger LANGUAGE plpgsql",
        "SET search_path FROM CURRENT AS $$ BEGIN",
        "INSERT INTO online_onlinerefund",
        "(id, created_at, refund_id, online_payment_id, status, rounds, their_reference, problem)",
        f"SELECT {KEY}, now(), NEW.id, o.id, 'asked', 0, '', ''",
        "FROM online_onlinepayment o WHERE o.payment_id = NEW.payment_id;",
        "RETURN NULL; END $$",
    ]
)


class Migration(migrations.Migration):
    """Asked for once, counted once, all of it; nothing of it is ever changed."""

    dependencies = [("online", "0001_initial"), ("wallets", "0003_paid_in_online"), ("audit", "0002_trail")]

    operations = [
        *audited(
            "online_paymentprovider",
            "online_onlinepayment",
            "online_webhookevent",
            "online_onlinerefund",
        ),
        *frozen(
            "online_paymentprovider",
            when=changed("id", "kind"),
            message="A provider stays what it is. Switch it off, and add another one.",
        ),
        *enforced_transitions("online_onlinepayment", PAYMENT_PAIRS, initial=["created"]),
        *frozen("online_onlinepayment", when=ASKED, message="What was asked for online does not change."),
        *frozen(
            "online_onlinepayment", when=PAID, message="What was paid online does not change.", name="paid"
        ),
        *guard("online_onlinepayment", "begun", "INSERT", BEGUN),
        *guard("online_onlinepayment", "counted", "INSERT OR UPDATE", COUNTED, at_commit=True),
        composite_foreign_key(
            "online_onlinepayment",
            ("invoice_id", "patient_id"),
            "billing_invoice",
            ("id", "patient_id"),
            "online_payment_patient",
        ),
        composite_foreign_key(
            "online_onlinepayment",
            ("invoice_id", "digits"),
            "billing_invoice",
            ("id", "digits"),
            "online_payment_digits",
        ),
        *frozen(
            "online_webhookevent",
            when="OLD.outcome <> 'received' OR "
            + changed("id", "provider_id", "event_id", "kind", "body_hash", "online_payment_id"),
            message="What a provider told stays as it came.",
        ),
        *enforced_transitions("online_onlinerefund", REFUND_PAIRS, initial=["asked"]),
        *frozen(
            "online_onlinerefund",
            when=changed("id", "refund_id", "online_payment_id"),
            message="A refund stays with its payment.",
        ),
        run(SENT_BACK, "DROP FUNCTION online_send_back()"),
        run(
            "CREATE TRIGGER billing_refund_online AFTER INSERT ON billing_refund "
            "FOR EACH ROW WHEN (NEW.method = 'online') EXECUTE FUNCTION online_send_back()",
            "DROP TRIGGER billing_refund_online ON billing_refund",
        ),
    ]

"""Cash that is taken lies in the drawer of whoever took it, written by the database; what was counted stays."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    called,
    changed,
    composite_foreign_key,
    enforced_transitions,
    frozen,
    frozen_parts,
    guard,
    refuse,
    refuse_if,
)


def into_the_drawer(
    name: str, kind: str, source: str, taker: str, at: str, amount: str, currency: str
) -> str:
    """SQL: the movement of a row NEW, under its own key, in the drawer of the open session where `taker` works.

    The session's row is locked, so that closing it waits for the money and counts it; who waits for a closing
    finds no open session any more, and the money lies in no drawer.
    """
    return "".join(
        [
            "SELECT s.id, s.digits INTO drawer FROM cash_cashshift w ",
            "JOIN cash_cashsession s ON s.id = w.session_id ",
            f"WHERE w.member_id = {taker} AND w.until IS NULL AND s.status = 'open' ",
            f"AND s.currency = ({currency}) FOR SHARE OF s; ",
            "IF FOUND THEN INSERT INTO cash_cashmovement (id, created_at, session_id, kind, amount, digits, ",
            f"reason, moved_by_id, {source}, idempotency_key) VALUES (NEW.id, {at}, drawer.id, '{kind}', ",
            f"{amount}, drawer.digits, '', {taker}, NEW.id, '{name} ' || NEW.id); END IF; ",
        ]
    )


OF_INVOICE = "SELECT i.currency FROM billing_invoice i WHERE i.id = NEW.invoice_id"
OF_WALLET = "SELECT w.currency FROM wallets_wallet w WHERE w.id = NEW.wallet_id"
PAID = into_the_drawer(
    "payment", "payment", "payment_id", "NEW.received_by_id", "NEW.received_at", "NEW.amount", OF_INVOICE
)
REFUNDED = into_the_drawer(
    "refund", "refund", "refund_id", "NEW.refunded_by_id", "NEW.created_at", "-NEW.amount", OF_INVOICE
)
ENTERED = into_the_drawer(
    "entry", "wallet", "entry_id", "NEW.entered_by_id", "NEW.created_at", "NEW.amount", OF_WALLET
)
DRAWER = "DECLARE drawer record;"


def taken(table: str, name: str, body: str) -> migrations.RunSQL:
    """The function that writes the movement of a row of `table`; it is called after the row is stored."""
    return guard(table, name, "INSERT", body, declarations=DRAWER)[0]


# A movement is one of an open session, and tells what its source tells.
TOLD = "".join(
    [
        # Two statements: the first waits for whoever is closing the session, the second sees what they left.
        "PERFORM FROM cash_cashsession s WHERE s.id = NEW.session_id FOR SHARE; ",
        refuse_if(
            "NOT EXISTS (SELECT FROM cash_cashsession s WHERE s.id = NEW.session_id AND s.status = 'open')",
            "This cash desk is counted and closed: nothing moves there any more.",
        ),
        "IF NEW.kind IN ('payment', 'refund', 'wallet') AND NOT (",
        "EXISTS (SELECT FROM billing_payment p WHERE p.id = NEW.payment_id AND p.method = 'cash' ",
        "AND p.status = 'completed' AND p.amount = NEW.amount) ",
        "OR EXISTS (SELECT FROM billing_refund r WHERE r.id = NEW.refund_id AND r.method = 'cash' ",
        "AND r.amount = -NEW.amount) ",
        "OR EXISTS (SELECT FROM wallets_ledgerentry e WHERE e.id = NEW.entry_id AND e.method = 'cash' ",
        "AND e.amount = NEW.amount)) THEN ",
        refuse("A movement tells what was paid or given in cash."),
        "; END IF; ",
    ]
)
OPENED = "".join(
    [
        "PERFORM FROM cash_cashdesk d WHERE d.id = NEW.desk_id FOR SHARE; ",
        refuse_if(
            "NOT EXISTS (SELECT FROM cash_cashdesk d WHERE d.id = NEW.desk_id AND d.is_active)",
            "This cash desk is no longer used.",
        ),
    ]
)
# The row is locked by its own update: whoever was taking cash has finished, and is in the sum.
CLOSED = "".join(
    [
        "IF OLD.status = 'open' AND NEW.status = 'closed' THEN ",
        refuse_if(
            "NEW.expected <> OLD.opening_float + coalesce((SELECT sum(m.amount) FROM cash_cashmovement m "
            "WHERE m.session_id = NEW.id), 0)",
            "What should be there is the money to begin with and all that moved.",
        ),
        refuse_if(
            "EXISTS (SELECT FROM cash_cashcount c WHERE c.session_id = NEW.id) AND NEW.counted <> "
            "(SELECT sum(c.value * c.pieces) FROM cash_cashcount c WHERE c.session_id = NEW.id)",
            "The notes and coins do not come to what was counted.",
        ),
        refuse_if(
            "EXISTS (SELECT FROM cash_cashshift w WHERE w.session_id = NEW.id AND w.until IS NULL)",
            "Somebody still works at this cash desk.",
        ),
        "END IF; ",
    ]
)
BEGUN = ("desk_id", "currency", "digits", "opening_float", "opened_by_id", "opened_at")


class Migration(migrations.Migration):
    """No cash is forgotten, nothing of a count is ever changed."""

    dependencies = [
        ("cash", "0001_initial"),
        ("audit", "0002_trail"),
        ("billing", "0008_more_ways_to_pay"),
        ("wallets", "0002_rules"),
    ]

    operations = [
        *audited(
            "cash_cashdesk", "cash_cashsession", "cash_cashshift", "cash_cashcount", "cash_cashmovement"
        ),
        *enforced_transitions("cash_cashsession", [("open", "closed")], initial=["open"]),
        *frozen(
            "cash_cashsession",
            when=f"OLD.status = 'closed' OR {changed(*BEGUN)}",
            message="A cash desk's session stays as it was opened and counted.",
        ),
        *guard("cash_cashsession", "opened", "INSERT", OPENED),
        *guard("cash_cashsession", "closed", "UPDATE", CLOSED),
        *guard(
            "cash_cashdesk",
            "retired",
            "UPDATE",
            refuse_if(
                "NOT NEW.is_active AND EXISTS (SELECT FROM cash_cashsession s "
                "WHERE s.desk_id = NEW.id AND s.status = 'open')",
                "This cash desk is open: count and close it first.",
            ),
        ),
        *frozen(
            "cash_cashdesk", when="TG_OP = 'DELETE'", message="A cash desk is used no longer, not deleted."
        ),
        *frozen_parts(
            "cash_cashshift",
            parent="cash_cashsession",
            key="session_id",
            when="p.status <> 'open'",
            message="This cash desk is counted and closed. Open it again with a new float.",
        ),
        *frozen(
            "cash_cashshift",
            when=f"OLD.until IS NOT NULL OR {changed('session_id', 'member_id', 'since')}",
            message="Who worked at a cash desk, and when, stays as it was.",
            name="ended",
        ),
        *frozen_parts(
            "cash_cashcount",
            parent="cash_cashsession",
            key="session_id",
            when="p.status <> 'open'",
            message="What was counted stays as it was written down.",
        ),
        *guard("cash_cashmovement", "told", "INSERT", TOLD),
        *frozen("cash_cashmovement", when="true", message="What moved in a drawer stays as it was written."),
        composite_foreign_key(
            "cash_cashmovement",
            ["session_id", "digits"],
            "cash_cashsession",
            ["id", "digits"],
            "cash_movement_digits",
        ),
        taken("billing_payment", "cash", PAID),
        called(
            "billing_payment",
            "cash_taken",
            "AFTER INSERT",
            guard="cash",
            when="NEW.method = 'cash' AND NEW.status = 'completed'",
        ),
        called(
            "billing_payment",
            "cash_arrived",
            "AFTER UPDATE OF status",
            guard="cash",
            when="NEW.method = 'cash' AND NEW.status = 'completed' AND OLD.status <> 'completed'",
        ),
        taken("billing_refund", "cash", REFUNDED),
        called("billing_refund", "cash_given", "AFTER INSERT", guard="cash", when="NEW.method = 'cash'"),
        taken("wallets_ledgerentry", "cash", ENTERED),
        called("wallets_ledgerentry", "cash_moved", "AFTER INSERT", guard="cash", when="NEW.method = 'cash'"),
    ]

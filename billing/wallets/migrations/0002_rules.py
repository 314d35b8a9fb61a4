"""The balance is what the entries say, entry after entry; nothing of it is ever changed."""

from django.db import migrations

from clinic.db.operations import audited, composite_foreign_key, frozen, guard, refuse

# The wallet's row is the lock behind which its entries follow each other.
FOLLOWS = "".join(
    [
        "PERFORM FROM wallets_wallet w WHERE w.id = NEW.wallet_id FOR NO KEY UPDATE; ",
        "SELECT e.number, e.balance_after INTO last FROM wallets_ledgerentry e ",
        "WHERE e.wallet_id = NEW.wallet_id ORDER BY e.number DESC LIMIT 1; ",
        "IF NEW.number <> coalesce(last.number, 0) + 1 THEN ",
        refuse("The entries of a wallet are numbered one by one."),
        "; END IF; ",
        "IF NEW.balance_after <> coalesce(last.balance_after, 0) + NEW.amount THEN ",
        refuse("The balance is the one before and what is entered."),
        "; END IF; ",
    ]
)
# When the transaction ends: each reads the wallet and its last entry as they then are.
TOLD = "".join(
    [
        "SELECT w.balance, w.last_number INTO held FROM wallets_wallet w WHERE w.id = {wallet}; ",
        "SELECT e.number, e.balance_after INTO last FROM wallets_ledgerentry e ",
        "WHERE e.wallet_id = {wallet} ORDER BY e.number DESC LIMIT 1; ",
        "IF (held.balance, held.last_number) IS DISTINCT FROM ",
        "(coalesce(last.balance_after, 0), coalesce(last.number, 0)) THEN ",
        refuse("A wallet holds what its last entry says."),
        "; END IF; ",
    ]
)


class Migration(migrations.Migration):
    """Append-only, numbered without gaps, never below nothing."""

    dependencies = [("wallets", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        *audited("wallets_wallet", "wallets_ledgerentry"),
        *frozen(
            "wallets_wallet",
            when="TG_OP = 'DELETE' OR (NEW.id, NEW.patient_id, NEW.currency, NEW.digits) "
            "IS DISTINCT FROM (OLD.id, OLD.patient_id, OLD.currency, OLD.digits)",
            message="A wallet stays with its patient and its currency.",
        ),
        *frozen(
            "wallets_ledgerentry", when="true", message="An entry never changes. Correct it by another one."
        ),
        *guard("wallets_ledgerentry", "follows", "INSERT", FOLLOWS, declarations="DECLARE last record;"),
        *guard(
            "wallets_ledgerentry",
            "told",
            "INSERT",
            TOLD.format(wallet="NEW.wallet_id"),
            declarations="DECLARE last record; held record;",
            at_commit=True,
        ),
        *guard(
            "wallets_wallet",
            "told",
            "INSERT OR UPDATE",
            TOLD.format(wallet="NEW.id"),
            declarations="DECLARE last record; held record;",
            at_commit=True,
        ),
        composite_foreign_key(
            "wallets_ledgerentry",
            ("wallet_id", "digits"),
            "wallets_wallet",
            ("id", "digits"),
            "ledger_entry_digits",
        ),
        composite_foreign_key(
            "wallets_ledgerentry",
            ("wallet_id", "patient_id"),
            "wallets_wallet",
            ("id", "patient_id"),
            "ledger_entry_patient",
        ),
    ]

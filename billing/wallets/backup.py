"""What lies in wallets, and how it came there."""

from tenants.backup.table import add_up

add_up(
    "wallets",
    "SELECT currency, count(*), sum(balance), sum(last_number) FROM wallets_wallet GROUP BY 1 ORDER BY 1",
)
add_up("ledger entries", "SELECT kind, count(*), sum(amount) FROM wallets_ledgerentry GROUP BY 1 ORDER BY 1")

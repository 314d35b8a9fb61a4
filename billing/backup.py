"""What was invoiced, paid and given back."""

from tenants.backup.table import add_up

add_up(
    "invoices",
    "SELECT currency, status, count(*), sum(total), sum(tax) FROM billing_invoice "
    "GROUP BY 1, 2 ORDER BY 1, 2",
)
add_up(
    "payments",
    "SELECT i.currency, p.status, p.method, count(*), sum(p.amount) FROM billing_payment p "
    "JOIN billing_invoice i ON i.id = p.invoice_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
)
add_up(
    "refunds",
    "SELECT i.currency, count(*), sum(r.amount) FROM billing_refund r "
    "JOIN billing_invoice i ON i.id = r.invoice_id GROUP BY 1 ORDER BY 1",
)

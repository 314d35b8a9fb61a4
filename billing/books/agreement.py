"""Whether all that is said of money agrees: invoices, payments, wallets, insurances, providers and books.

The constraints and triggers let nothing else be stored; this asks the rows themselves, after a restored
backup for instance, or where somebody was at work past them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clinic.db.current import connection

# Each finds the keys of what does not agree.
QUESTIONS = {
    "invoice {}: its lines do not come to its total and tax.": """
        SELECT i.id FROM billing_invoice i
        LEFT JOIN (SELECT l.invoice_id, sum(l.amount) AS amount, sum(l.tax) AS tax
            FROM billing_invoiceline l GROUP BY l.invoice_id) s ON s.invoice_id = i.id
        WHERE i.status IN ('issued', 'balanced') AND (i.total, i.tax) IS DISTINCT FROM (s.amount, s.tax)
    """,
    "invoice {}: its state does not say whether it is paid.": """
        SELECT i.id FROM billing_invoice i
        LEFT JOIN (SELECT p.invoice_id, sum(p.amount) AS sum FROM billing_payment p
            WHERE p.status = 'completed' GROUP BY p.invoice_id) p ON p.invoice_id = i.id
        LEFT JOIN (SELECT r.invoice_id, sum(r.amount) AS sum FROM billing_refund r
            GROUP BY r.invoice_id) r ON r.invoice_id = i.id
        LEFT JOIN (SELECT c.invoice_id, sum(c.amount) AS sum FROM billing_creditnote c
            GROUP BY c.invoice_id) c ON c.invoice_id = i.id
        WHERE i.status IN ('issued', 'balanced') AND (i.status = 'balanced') IS DISTINCT FROM
            (i.total - coalesce(c.sum, 0) - coalesce(p.sum, 0) + coalesce(r.sum, 0) <= 0)
    """,
    "payment {}: more of it was given back than was paid.": """
        SELECT p.id FROM billing_payment p JOIN billing_refund r ON r.payment_id = p.id
        GROUP BY p.id HAVING sum(r.amount) > p.amount OR p.status <> 'completed'
    """,
    "series {}: its numbers have a gap, or one of them is there twice.": """
        SELECT s.id FROM billing_invoiceseries s LEFT JOIN (
            SELECT series_id, number FROM billing_invoice WHERE number IS NOT NULL
            UNION ALL SELECT series_id, number FROM billing_creditnote
        ) n ON n.series_id = s.id GROUP BY s.id
        HAVING (count(n.number), count(DISTINCT n.number), coalesce(max(n.number), 0))
            IS DISTINCT FROM (s.last_number, s.last_number, s.last_number)
    """,
    "wallet {}: it does not hold what its entries say.": """
        SELECT w.id FROM wallets_wallet w LEFT JOIN wallets_ledgerentry e ON e.wallet_id = w.id
        GROUP BY w.id HAVING (w.balance, w.last_number)
            IS DISTINCT FROM (coalesce(sum(e.amount), 0), count(e.id))
    """,
    "entry {} of the ledger: the balance after it is not the sum so far.": """
        SELECT e.id FROM (SELECT e.id, e.balance_after,
            sum(e.amount) OVER (PARTITION BY e.wallet_id ORDER BY e.number) AS so_far
            FROM wallets_ledgerentry e) e WHERE e.balance_after <> e.so_far
    """,
    "payment {}: what came out of the wallet is not what was paid.": """
        SELECT p.id FROM billing_payment p JOIN billing_invoice i ON i.id = p.invoice_id
        LEFT JOIN wallets_ledgerentry e ON e.about_id = p.id AND e.kind = 'debit'
        LEFT JOIN wallets_wallet w ON w.id = e.wallet_id
        WHERE (p.method = 'wallet' OR e.id IS NOT NULL) AND (p.method, -p.amount, i.patient_id, i.currency)
            IS DISTINCT FROM ('wallet', e.amount, e.patient_id, w.currency)
    """,
    "refund {}: what went into the wallet is not what was given back.": """
        SELECT r.id FROM billing_refund r JOIN billing_invoice i ON i.id = r.invoice_id
        LEFT JOIN wallets_ledgerentry e ON e.about_id = r.id
        LEFT JOIN wallets_wallet w ON w.id = e.wallet_id
        WHERE (r.method = 'wallet' OR e.id IS NOT NULL) AND (r.method, r.amount, i.patient_id, i.currency)
            IS DISTINCT FROM ('wallet', e.amount, e.patient_id, w.currency)
    """,
    "invoice {}: insurances are asked for more than is open.": """
        SELECT i.id FROM billing_invoice i JOIN (SELECT c.invoice_id, sum(c.outstanding) AS sum
            FROM billing_claim c GROUP BY c.invoice_id) c ON c.invoice_id = i.id
        WHERE c.sum > 0 AND c.sum > billing_open(i.id)
    """,
    "payment {}: it is not what an insurance has accepted.": """
        SELECT coalesce(p.id, c.payment_id)
        FROM (SELECT * FROM billing_payment WHERE method = 'insurance' AND status = 'completed') p
        FULL JOIN (SELECT * FROM billing_claim WHERE status = 'paid') c ON c.payment_id = p.id
        WHERE (p.amount, p.invoice_id) IS DISTINCT FROM (c.accepted_amount, c.invoice_id)
    """,
    "online payment {}: it is not on the invoice and in the wallet as it was paid.": """
        SELECT o.id FROM online_onlinepayment o
        LEFT JOIN billing_payment p ON p.id = o.payment_id AND p.invoice_id = o.invoice_id
            AND p.method = 'online' AND p.status = 'completed'
        LEFT JOIN wallets_ledgerentry e ON e.about_id = o.id AND e.patient_id = o.patient_id
        WHERE (coalesce(p.amount, 0) + coalesce(e.amount, 0), coalesce(e.amount, 0)) IS DISTINCT FROM
            (CASE o.status WHEN 'succeeded' THEN o.amount ELSE 0 END, o.to_wallet)
    """,
    "payment {}: no provider tells of it.": """
        SELECT p.id FROM billing_payment p LEFT JOIN online_onlinepayment o ON o.payment_id = p.id
        WHERE p.method = 'online' AND o.id IS NULL
    """,
    "refund {}: no provider was asked to send it back.": """
        SELECT r.id FROM billing_refund r LEFT JOIN online_onlinerefund b ON b.refund_id = r.id
        WHERE r.method = 'online' AND b.id IS NULL
    """,
    "payment {}: it is not in the books as it was received.": """
        SELECT coalesce(p.id, e.payment_id)
        FROM (SELECT * FROM books_bookentry WHERE payment_id IS NOT NULL) e
        FULL JOIN (SELECT * FROM billing_payment WHERE status = 'completed') p ON p.id = e.payment_id
        WHERE (p.amount, p.invoice_id, 'income') IS DISTINCT FROM (e.amount, e.invoice_id, e.kind)
            OR e.voided_at IS NOT NULL
    """,
    "refund {}: it is not in the books as it was given back.": """
        SELECT coalesce(r.id, e.refund_id)
        FROM (SELECT * FROM books_bookentry WHERE refund_id IS NOT NULL) e
        FULL JOIN billing_refund r ON r.id = e.refund_id
        WHERE (r.amount, r.invoice_id, 'expense') IS DISTINCT FROM (e.amount, e.invoice_id, e.kind)
            OR e.voided_at IS NOT NULL
    """,
    "invoice {}: the tax in the books is not its share of what was received.": """
        SELECT i.id FROM billing_invoice i JOIN (
            SELECT e.invoice_id, sum(CASE e.kind WHEN 'income' THEN e.amount ELSE -e.amount END) AS amount,
                sum(CASE e.kind WHEN 'income' THEN e.tax ELSE -e.tax END) AS tax
            FROM books_bookentry e WHERE e.invoice_id IS NOT NULL GROUP BY e.invoice_id
        ) s ON s.invoice_id = i.id WHERE s.tax <> round(i.tax * s.amount / i.total, i.digits)
    """,
}


def disagreements(asked: Any = connection, questions: Mapping[str, str] = QUESTIONS) -> Iterator[str]:
    """What does not agree in the clinic in which the connection `asked` is, each with its key."""
    for sentence, question in questions.items():
        with asked.cursor() as cursor:
            cursor.execute(question)
            keys = [key for (key,) in cursor.fetchall()]
        yield from (sentence.format(key) for key in keys)

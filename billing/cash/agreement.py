"""Whether the drawers agree with the payments, wallets and books whose cash lies in them.

Asked as those of billing/books/agreement.py; of cash that lies in no drawer there is nothing to ask.
"""

# Each finds the keys of what does not agree.
QUESTIONS = {
    "cash session {}: what should have been there is not what began and moved.": """
        SELECT s.id FROM cash_cashsession s LEFT JOIN (SELECT m.session_id, sum(m.amount) AS sum
            FROM cash_cashmovement m GROUP BY m.session_id) m ON m.session_id = s.id
        WHERE s.status = 'closed' AND (s.expected, s.difference) IS DISTINCT FROM
            (s.opening_float + coalesce(m.sum, 0), s.counted - s.expected)
    """,
    "cash movement {}: it is not what was paid, given back or entered in cash.": """
        SELECT m.id FROM cash_cashmovement m
        LEFT JOIN billing_payment p ON p.id = m.payment_id AND p.method = 'cash' AND p.status = 'completed'
        LEFT JOIN billing_refund r ON r.id = m.refund_id AND r.method = 'cash'
        LEFT JOIN wallets_ledgerentry e ON e.id = m.entry_id AND e.method = 'cash'
        LEFT JOIN books_bookentry b ON b.id = m.book_entry_id AND b.method = 'cash'
            AND (m.kind = 'book' OR b.voided_at IS NOT NULL)
        WHERE m.kind NOT IN ('put_in', 'taken_out') AND m.amount IS DISTINCT FROM coalesce(
            p.amount, -r.amount, e.amount,
            CASE WHEN (b.kind = 'income') = (m.kind = 'book') THEN b.amount ELSE -b.amount END)
    """,
}

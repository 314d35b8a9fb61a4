"""Payments and refunds enter the books by themselves; what is entered stays; closed months stay closed."""

from django.db import migrations

from clinic.db.operations import audited, called, composite_foreign_key, frozen, guard, refuse_if, run


def changed(*columns: str) -> str:
    """SQL: one of `columns` is another one now."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({new}) IS DISTINCT FROM ({old})"


# Whoever enters something in a month holds its name together with others, who closes it alone: an entry is
# there before the month is closed, or sees that it is.
MONTH = "hashtextextended(current_schema() || ' books ' || date_trunc('month', {day}::timestamp)::date, 0)"
IS_CLOSED = (
    "EXISTS (SELECT FROM books_closedmonth m "
    "WHERE m.month = date_trunc('month', {day}::timestamp)::date AND m.reopened_at IS NULL)"
)
CLOSED = "The books of this month are closed."

CATEGORY = """
CREATE FUNCTION books_category_of(source text) RETURNS uuid LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE found uuid;
BEGIN
    SELECT c.id INTO found FROM books_category c WHERE c.system = source;
    IF found IS NULL THEN
        INSERT INTO books_category (id, created_at, kind, name, system)
        VALUES (
            gen_random_uuid(), now(), CASE source WHEN 'payments' THEN 'income' ELSE 'expense' END,
            CASE source WHEN 'payments' THEN 'Payments of invoices' ELSE 'Given back to patients' END, source
        ) ON CONFLICT DO NOTHING;
        SELECT c.id INTO found FROM books_category c WHERE c.system = source;
    END IF;
    RETURN found;
END $$
"""

# The entry has the key of its source. Of all that was received on an invoice the tax is its share of the
# invoice's total; an entry holds what it adds to that, or takes off. The invoice's row is locked by whoever
# pays or gives back. Its day is the clinic's; money that comes for a closed month is of the
# next one that is open.
BOOK = """
CREATE FUNCTION books_book(
    source text, source_id uuid, moment timestamptz, about uuid, paid numeric, way text, person uuid
) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE owed record; had record; day date; sign integer; share numeric;
BEGIN
    SELECT i.currency, i.digits, i.total, i.tax, s.prefix || lpad(i.number::text, greatest(5, length(i.number::text)), '0')
        AS reference INTO owed
    FROM billing_invoice i JOIN billing_invoiceseries s ON s.id = i.series_id WHERE i.id = about;
    sign := CASE source WHEN 'payments' THEN 1 ELSE -1 END;
    SELECT coalesce(sum(CASE e.kind WHEN 'income' THEN e.amount ELSE -e.amount END), 0) AS amount,
        coalesce(sum(CASE e.kind WHEN 'income' THEN e.tax ELSE -e.tax END), 0) AS tax INTO had
    FROM books_bookentry e WHERE e.invoice_id = about;
    share := sign * (round(owed.tax * (had.amount + sign * paid) / owed.total, owed.digits) - had.tax);
    SELECT (moment AT TIME ZONE o.time_zone)::date INTO day
    FROM public.tenants_organization o WHERE o.schema_name = current_schema();
    day := coalesce(day, (moment AT TIME ZONE 'UTC')::date);
    LOOP
        PERFORM pg_advisory_xact_lock_shared(<month>);
        EXIT WHEN NOT <is closed>;
        day := (date_trunc('month', day::timestamp) + interval '1 month')::date;
    END LOOP;
    INSERT INTO books_bookentry (
        id, created_at, booked_on, kind, category_id, amount, tax, currency, digits, description, method,
        payment_id, refund_id, invoice_id, entered_by_id, void_reason, idempotency_key
    ) VALUES (
        source_id, moment, day, CASE source WHEN 'payments' THEN 'income' ELSE 'expense' END,
        books_category_of(source), paid, share, owed.currency, owed.digits, owed.reference, way,
        CASE source WHEN 'payments' THEN source_id END, CASE source WHEN 'refunds' THEN source_id END,
        about, person, '', source || ' ' || source_id
    );
END $$
""".replace("<month>", MONTH.format(day="day")).replace("<is closed>", IS_CLOSED.format(day="day"))
BOOK_SIGNATURE = "books_book(text, uuid, timestamptz, uuid, numeric, text, uuid)"

PAYMENT = """
CREATE FUNCTION billing_payment_booked() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM books_book(
        'payments', NEW.id, NEW.received_at, NEW.invoice_id, NEW.amount, NEW.method, NEW.received_by_id
    );
    RETURN NEW;
END $$
"""
REFUND = """
CREATE FUNCTION billing_refund_booked() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM books_book(
        'refunds', NEW.id, NEW.created_at, NEW.invoice_id, NEW.amount, NEW.method, NEW.refunded_by_id
    );
    RETURN NEW;
END $$
"""

# By whatever way an entry comes in.
ENTERED = "".join(
    [
        f"PERFORM pg_advisory_xact_lock_shared({MONTH.format(day='NEW.booked_on')}); ",
        refuse_if(IS_CLOSED.format(day="NEW.booked_on"), CLOSED),
        "IF NEW.payment_id IS NULL AND NEW.refund_id IS NULL THEN ",
        # A day more than the service allows: the day here is UTC's, the clinic's may be the next.
        refuse_if(
            "NEW.booked_on > (NEW.created_at AT TIME ZONE 'UTC')::date + 1",
            "The day must not be in the future.",
        ),
        refuse_if(
            "EXISTS (SELECT FROM books_category c WHERE c.id = NEW.category_id AND c.retired_at IS NOT NULL)",
            "This category is not used any more.",
        ),
        refuse_if(
            "EXISTS (SELECT FROM books_category c WHERE c.id = NEW.category_id AND c.system <> '')",
            "What patients pay and get back is entered by itself.",
        ),
        "ELSE ",
        refuse_if(
            "NOT EXISTS (SELECT FROM billing_payment p JOIN billing_invoice i ON i.id = p.invoice_id "
            "JOIN books_category c ON c.id = NEW.category_id AND c.system = 'payments' "
            "WHERE (p.id, p.id, p.invoice_id, p.amount, i.currency, i.digits) = (NEW.payment_id, NEW.id, "
            "NEW.invoice_id, NEW.amount, NEW.currency, NEW.digits) AND p.status = 'completed') "
            "AND NOT EXISTS (SELECT FROM billing_refund r JOIN billing_invoice i ON i.id = r.invoice_id "
            "JOIN books_category c ON c.id = NEW.category_id AND c.system = 'refunds' "
            "WHERE (r.id, r.id, r.invoice_id, r.amount, i.currency, i.digits) = (NEW.refund_id, NEW.id, "
            "NEW.invoice_id, NEW.amount, NEW.currency, NEW.digits))",
            "This entry is not what was paid or given back.",
        ),
        "END IF; ",
    ]
)
FACTS = (
    *("id", "created_at", "booked_on", "kind", "category_id", "amount", "tax", "currency", "digits"),
    *("description", "method", "payment_id", "refund_id", "invoice_id", "entered_by_id", "idempotency_key"),
)
VOIDED = "".join(
    [
        f"PERFORM pg_advisory_xact_lock_shared({MONTH.format(day='OLD.booked_on')}); ",
        refuse_if(IS_CLOSED.format(day="OLD.booked_on"), CLOSED),
    ]
)
CLOSING = "".join(
    [
        f"PERFORM pg_advisory_xact_lock({MONTH.format(day='NEW.month')}); ",
        refuse_if(
            "TG_OP = 'INSERT' AND NEW.reopened_at IS NOT NULL", "A month is closed before it is opened again."
        ),
        refuse_if(
            "(NEW.closed_at AT TIME ZONE 'UTC')::date + 1 < (NEW.month + interval '1 month')::date",
            "This month is not over yet.",
        ),
    ]
)
# What came in before there were books.
BACK = """
SELECT books_book(source, id, moment, invoice_id, amount, method, person) FROM (
    SELECT 'payments' AS source, p.id, p.received_at AS moment, p.invoice_id, p.amount, p.method,
        p.received_by_id AS person
    FROM billing_payment p WHERE p.status = 'completed'
    UNION ALL
    SELECT 'refunds', r.id, r.created_at, r.invoice_id, r.amount, r.method, r.refunded_by_id
    FROM billing_refund r
    ORDER BY moment
) came
"""


class Migration(migrations.Migration):
    """Nothing that is paid is missed, nothing that is entered changes."""

    dependencies = [
        ("books", "0001_initial"),
        ("audit", "0002_trail"),
        ("billing", "0011_rules_of_taxes"),
    ]

    operations = [
        composite_foreign_key(
            "books_bookentry",
            ["category_id", "kind"],
            "books_category",
            ["id", "kind"],
            "books_entry_category_kind",
        ),
        composite_foreign_key(
            "books_bookentry",
            ["payment_id", "invoice_id"],
            "billing_payment",
            ["id", "invoice_id"],
            "books_entry_payment_invoice",
        ),
        *frozen(
            "books_category",
            when="TG_OP = 'DELETE' OR " + changed("id", "kind", "system", "created_at"),
            message="A category stays what it is. Retire it when it is no longer used.",
        ),
        *guard("books_bookentry", "entered", "INSERT", ENTERED),
        *frozen(
            "books_bookentry",
            when=f"TG_OP = 'DELETE' OR OLD.voided_at IS NOT NULL OR {changed(*FACTS)}",
            message="An entry never changes. Void it and enter the right one.",
        ),
        *guard("books_bookentry", "voided", "UPDATE", VOIDED),
        *frozen("books_entryfile", when="true", message="A file never changes. Void its entry."),
        *frozen(
            "books_closedmonth",
            when="TG_OP = 'DELETE' OR OLD.reopened_at IS NOT NULL OR "
            + changed("id", "created_at", "month", "closed_at", "closed_by_id"),
            message="What was closed and opened stays on record.",
        ),
        *guard("books_closedmonth", "closing", "INSERT OR UPDATE", CLOSING),
        *audited(
            *("books_bookspolicy", "books_category", "books_bookentry", "books_entryfile"),
            "books_closedmonth",
        ),
        run(CATEGORY, "DROP FUNCTION books_category_of(text)"),
        run(BOOK, f"DROP FUNCTION {BOOK_SIGNATURE}"),
        run(PAYMENT, "DROP FUNCTION billing_payment_booked()"),
        run(REFUND, "DROP FUNCTION billing_refund_booked()"),
        called("billing_payment", "booked", "AFTER INSERT", when="NEW.status = 'completed'"),
        run(
            "CREATE TRIGGER billing_payment_booked_later AFTER UPDATE ON billing_payment FOR EACH ROW "
            "WHEN (NEW.status = 'completed' AND OLD.status <> 'completed') "
            "EXECUTE FUNCTION billing_payment_booked()",
            "DROP TRIGGER billing_payment_booked_later ON billing_payment",
        ),
        called("billing_refund", "booked", "AFTER INSERT"),
        run(BACK),
        # What waits for the commit is done now: a later migration may change these tables.
        run("SET CONSTRAINTS ALL IMMEDIATE"),
        run("SET CONSTRAINTS ALL DEFERRED"),
    ]

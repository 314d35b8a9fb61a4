"""What is entered in the books by hand and paid in cash moves in the drawer, too."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from django.db import migrations, models

from clinic.db.operations import called, guard, refuse, refuse_if, unguarded

# Only what is entered on its day: the rest lay in no drawer that is open now.
BOOKED = "".join(
    [
        "SELECT s.id, s.digits INTO drawer FROM cash_cashshift w ",
        "JOIN cash_cashsession s ON s.id = w.session_id ",
        "WHERE w.member_id = NEW.entered_by_id AND w.until IS NULL AND s.status = 'open' ",
        "AND s.currency = NEW.currency AND NEW.booked_on = (NEW.created_at AT TIME ZONE coalesce((",
        "SELECT o.time_zone FROM public.tenants_organization o WHERE o.schema_name = current_schema()",
        "), 'UTC'))::date FOR SHARE OF s; ",
        "IF FOUND THEN INSERT INTO cash_cashmovement (id, created_at, session_id, kind, amount, digits, ",
        "reason, moved_by_id, book_entry_id, idempotency_key) VALUES (NEW.id, NEW.created_at, drawer.id, ",
        "'book', CASE NEW.kind WHEN 'income' THEN NEW.amount ELSE -NEW.amount END, drawer.digits, '', ",
        "NEW.entered_by_id, NEW.id, 'book ' || NEW.id); END IF; ",
    ]
)
# Once the drawer was counted, the difference was explained there.
VOIDED = "".join(
    [
        "SELECT m.session_id AS id, m.digits, m.amount INTO drawer FROM cash_cashmovement m ",
        "JOIN cash_cashsession s ON s.id = m.session_id ",
        "WHERE m.book_entry_id = NEW.id AND m.kind = 'book' AND s.status = 'open' FOR SHARE OF s; ",
        "IF FOUND THEN INSERT INTO cash_cashmovement (id, created_at, session_id, kind, amount, digits, ",
        "reason, moved_by_id, book_entry_id, idempotency_key) VALUES (gen_random_uuid(), NEW.voided_at, ",
        "drawer.id, 'voided', -drawer.amount, drawer.digits, '', NEW.voided_by_id, NEW.id, ",
        "'voided ' || NEW.id); END IF; ",
    ]
)
# A movement is one of an open session, and tells what its source tells.
TOLD = "".join(
    [
        # Two statements: the first waits for whoever is closing the session, the second sees what they left.
        "PERFORM FROM cash_cashsession s WHERE s.id = NEW.session_id FOR SHARE; ",
        refuse_if(
            "NOT EXISTS (SELECT FROM cash_cashsession s WHERE s.id = NEW.session_id AND s.status = 'open')",
            "This cash desk is counted and closed: nothing moves there any more.",
        ),
        "IF NEW.kind NOT IN ('put_in', 'taken_out') AND NOT (",
        "EXISTS (SELECT FROM billing_payment p WHERE p.id = NEW.payment_id AND p.method = 'cash' ",
        "AND p.status = 'completed' AND p.amount = NEW.amount) ",
        "OR EXISTS (SELECT FROM billing_refund r WHERE r.id = NEW.refund_id AND r.method = 'cash' ",
        "AND r.amount = -NEW.amount) ",
        "OR EXISTS (SELECT FROM wallets_ledgerentry e WHERE e.id = NEW.entry_id AND e.method = 'cash' ",
        "AND e.amount = NEW.amount) ",
        "OR EXISTS (SELECT FROM books_bookentry b WHERE b.id = NEW.book_entry_id AND b.method = 'cash' ",
        "AND b.invoice_id IS NULL AND (NEW.kind = 'book' OR b.voided_at IS NOT NULL) AND NEW.amount = ",
        "CASE WHEN (b.kind = 'income') = (NEW.kind = 'book') THEN b.amount ELSE -b.amount END)) THEN ",
        refuse("A movement tells what was paid or given in cash."),
        "; END IF; ",
    ]
)
DRAWER = "DECLARE drawer record;"
BY_HAND_IN_CASH = "NEW.method = 'cash' AND NEW.invoice_id IS NULL"


class Migration(migrations.Migration):
    """One more way for cash to move."""

    dependencies = [
        ("billing", "0021_rules_of_claims"),
        ("books", "0002_rules"),
        ("cash", "0002_rules"),
        ("members", "0005_languages"),
        ("wallets", "0003_paid_in_online"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="cashmovement",
            name="cash_movement_kind",
        ),
        migrations.RemoveConstraint(
            model_name="cashmovement",
            name="cash_movement_amount",
        ),
        migrations.RemoveConstraint(
            model_name="cashmovement",
            name="cash_movement_source",
        ),
        migrations.AddField(
            model_name="cashmovement",
            name="book_entry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cash_movements",
                to="books.bookentry",
                verbose_name="entry of the books",
            ),
        ),
        migrations.AlterField(
            model_name="cashmovement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("payment", "Payment"),
                    ("refund", "Given back"),
                    ("wallet", "Wallet"),
                    ("book", "Books"),
                    ("voided", "Voided in the books"),
                    ("put_in", "Put in"),
                    ("taken_out", "Taken out"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="cashmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["payment", "refund", "wallet", "book", "voided", "put_in", "taken_out"])
                ),
                name="cash_movement_kind",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cashmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("kind__in", ["payment", "put_in"])),
                    models.Q(("amount__lt", 0), ("kind__in", ["refund", "taken_out"])),
                    models.Q(
                        ("kind__in", ["wallet", "book", "voided"]), models.Q(("amount", 0), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="cash_movement_amount",
                violation_error_message="The amount must be more than nothing.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cashmovement",
            constraint=models.UniqueConstraint(
                fields=("book_entry", "kind"), name="cash_movement_booked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cashmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ("put_in", "taken_out")),
                        models.Q(("reason", ""), _negated=True),
                        ("book_entry", None),
                        ("entry", None),
                        ("payment", None),
                        ("refund", None),
                    ),
                    models.Q(
                        ("kind", "payment"),
                        ("book_entry__isnull", True),
                        ("entry__isnull", True),
                        ("payment__isnull", False),
                        ("refund__isnull", True),
                    ),
                    models.Q(
                        ("kind", "refund"),
                        ("book_entry__isnull", True),
                        ("entry__isnull", True),
                        ("payment__isnull", True),
                        ("refund__isnull", False),
                    ),
                    models.Q(
                        ("kind", "wallet"),
                        ("book_entry__isnull", True),
                        ("entry__isnull", False),
                        ("payment__isnull", True),
                        ("refund__isnull", True),
                    ),
                    models.Q(
                        ("kind", "book"),
                        ("book_entry__isnull", False),
                        ("entry__isnull", True),
                        ("payment__isnull", True),
                        ("refund__isnull", True),
                    ),
                    models.Q(
                        ("kind", "voided"),
                        ("book_entry__isnull", False),
                        ("entry__isnull", True),
                        ("payment__isnull", True),
                        ("refund__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="cash_movement_source",
                violation_error_message="Say why the money is put in or taken out.",
            ),
        ),
        *unguarded("cash_cashmovement", "told"),
        *guard("cash_cashmovement", "told", "INSERT", TOLD),
        guard("books_bookentry", "cash", "INSERT", BOOKED, declarations=DRAWER)[0],
        called("books_bookentry", "cash_entered", "AFTER INSERT", guard="cash", when=BY_HAND_IN_CASH),
        guard("books_bookentry", "uncash", "UPDATE", VOIDED, declarations=DRAWER)[0],
        called(
            "books_bookentry",
            "cash_voided",
            "AFTER UPDATE OF voided_at",
            guard="uncash",
            when=f"{BY_HAND_IN_CASH} AND OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL",
        ),
    ]

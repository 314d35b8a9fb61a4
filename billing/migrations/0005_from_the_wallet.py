"""Invoices are paid from the patient's wallet: the payment and the ledger's entry stand together."""

from django.db import migrations, models

from clinic.db.operations import guard, refuse

# When the transaction ends: the entry is written after the payment that it belongs to.
ENTERED = "".join(
    [
        "IF NEW.method = 'wallet' AND NOT EXISTS (SELECT FROM wallets_ledgerentry e ",
        "JOIN billing_invoice i ON i.id = NEW.invoice_id WHERE e.about_id = NEW.id ",
        "AND e.patient_id = i.patient_id AND e.amount = -NEW.amount) THEN ",
        refuse("What a wallet pays is taken out of it."),
        "; END IF; ",
    ]
)


class Migration(migrations.Migration):
    """One more way to pay."""

    dependencies = [
        ("billing", "0004_due_within_a_year"),
        ("wallets", "0002_rules"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payment",
            name="billing_payment_method",
        ),
        migrations.AlterField(
            model_name="payment",
            name="method",
            field=models.CharField(
                choices=[
                    ("cash", "Cash"),
                    ("card", "Card"),
                    ("transfer", "Bank transfer"),
                    ("wallet", "Wallet"),
                ],
                default="cash",
                max_length=12,
                verbose_name="method",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["cash", "card", "transfer", "wallet"])),
                name="billing_payment_method",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "wallet"), _negated=True),
                    ("status__in", ("completed", "refunded")),
                    _connector="OR",
                ),
                name="billing_payment_wallet_at_once",
                violation_error_message="What is in the wallet is paid at once.",
            ),
        ),
        *guard("billing_payment", "entered", "INSERT OR UPDATE", ENTERED, at_commit=True),
    ]

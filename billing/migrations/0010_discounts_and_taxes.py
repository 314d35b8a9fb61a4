"""Lines with discount and tax, the taxes themselves, and how the clinic writes its invoices."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.math
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    """What was written before bears no discount and no tax."""

    dependencies = [
        ("billing", "0008_more_ways_to_pay"),
        ("members", "0005_languages"),
        ("records", "0032_addendum_drafts"),
        ("scheduling", "0096_moved_to_the_same_patients_visit"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("is_only", models.BooleanField(default=True, editable=False, unique=True)),
                ("tax_inclusive", models.BooleanField(default=True, verbose_name="prices include the tax")),
                (
                    "days_to_pay",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[django.core.validators.MaxValueValidator(366)],
                        verbose_name="days to pay",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules for invoices",
                "verbose_name_plural": "rules for invoices",
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "name",
                    models.CharField(
                        help_text="As it stands on the invoice, without the percentage.",
                        max_length=40,
                        verbose_name="name",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=6,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percent",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, editable=False, verbose_name="in use")),
            ],
            options={
                "verbose_name": "tax",
                "verbose_name_plural": "taxes",
                "ordering": ("name", "percent"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="invoiceline",
            name="billing_line_amount",
        ),
        migrations.AddField(
            model_name="creditnote",
            name="tax",
            field=models.DecimalField(
                decimal_places=3,
                default=Decimal(0),
                editable=False,
                max_digits=14,
                verbose_name="tax in it",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="tax",
            field=models.DecimalField(
                decimal_places=3, default=Decimal(0), max_digits=14, verbose_name="tax"
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="tax_inclusive",
            field=models.BooleanField(default=True, editable=False, verbose_name="prices include the tax"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="discount",
            field=models.DecimalField(
                decimal_places=3, default=Decimal(0), editable=False, max_digits=14, verbose_name="discount"
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="discount_percent",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal(0),
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(Decimal(0)),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="discount in percent",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="tax",
            field=models.DecimalField(
                decimal_places=3, default=Decimal(0), editable=False, max_digits=14, verbose_name="tax"
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="tax_inclusive",
            field=models.BooleanField(default=True, editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="tax_name",
            field=models.CharField(blank=True, max_length=40, verbose_name="tax"),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="tax_percent",
            field=models.DecimalField(
                decimal_places=3,
                default=Decimal(0),
                max_digits=6,
                validators=[
                    django.core.validators.MinValueValidator(Decimal(0)),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="tax in percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax__gte", 0), ("tax__lte", models.F("amount"))),
                name="billing_credit_tax",
                violation_error_message="The tax in a credit note is a part of it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("id", "digits", "tax_inclusive"), name="billing_invoice_terms"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax__gte", 0), ("tax__lte", models.F("total"))),
                name="billing_invoice_tax",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount_percent__gte", 0), ("discount_percent__lte", 100)),
                name="billing_line_discount_percent",
                violation_error_message="A discount is between 0 and 100 percent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_percent__gte", 0),
                    ("tax_percent__lte", 100),
                    models.Q(models.Q(("tax_name", ""), _negated=True), ("tax_percent", 0), _connector="OR"),
                ),
                name="billing_line_tax_percent",
                violation_error_message="A tax has a name, and is between 0 and 100 percent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "discount",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.functions.math.Round(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("quantity"), "*", models.F("unit_price")
                                ),
                                precision=models.F("digits"),
                            ),
                            "-",
                            django.db.models.functions.math.Round(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.functions.comparison.Cast(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("quantity"), "*", models.F("unit_price")
                                            ),
                                            "*",
                                            django.db.models.expressions.CombinedExpression(
                                                models.Value(Decimal(100)),
                                                "-",
                                                models.F("discount_percent"),
                                            ),
                                        ),
                                        models.DecimalField(decimal_places=20, max_digits=40),
                                    ),
                                    "/",
                                    models.Value(Decimal(100)),
                                ),
                                precision=models.F("digits"),
                            ),
                        ),
                    )
                ),
                name="billing_line_discount",
                violation_error_message="The discount must be its percentage, rounded to the currency.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "amount",
                            django.db.models.functions.math.Round(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.functions.comparison.Cast(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("quantity"), "*", models.F("unit_price")
                                            ),
                                            "*",
                                            django.db.models.expressions.CombinedExpression(
                                                models.Value(Decimal(100)),
                                                "-",
                                                models.F("discount_percent"),
                                            ),
                                        ),
                                        models.DecimalField(decimal_places=20, max_digits=40),
                                    ),
                                    "/",
                                    models.Value(Decimal(100)),
                                ),
                                precision=models.F("digits"),
                            ),
                        ),
                        ("tax_inclusive", True),
                    ),
                    models.Q(
                        (
                            "amount",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.functions.math.Round(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.functions.comparison.Cast(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("quantity"), "*", models.F("unit_price")
                                                ),
                                                "*",
                                                django.db.models.expressions.CombinedExpression(
                                                    models.Value(Decimal(100)),
                                                    "-",
                                                    models.F("discount_percent"),
                                                ),
                                            ),
                                            models.DecimalField(decimal_places=20, max_digits=40),
                                        ),
                                        "/",
                                        models.Value(Decimal(100)),
                                    ),
                                    precision=models.F("digits"),
                                ),
                                "+",
                                models.F("tax"),
                            ),
                        ),
                        ("tax_inclusive", False),
                    ),
                    _connector="OR",
                ),
                name="billing_line_amount",
                violation_error_message="The amount must be quantity × price less the discount, rounded to the currency.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "tax",
                            django.db.models.functions.math.Round(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.functions.comparison.Cast(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("amount"), "*", models.F("tax_percent")
                                        ),
                                        models.DecimalField(decimal_places=20, max_digits=40),
                                    ),
                                    "/",
                                    django.db.models.expressions.CombinedExpression(
                                        models.Value(Decimal(100)), "+", models.F("tax_percent")
                                    ),
                                ),
                                precision=models.F("digits"),
                            ),
                        ),
                        ("tax_inclusive", True),
                    ),
                    models.Q(
                        (
                            "tax",
                            django.db.models.functions.math.Round(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.functions.comparison.Cast(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("amount"), "-", models.F("tax")
                                            ),
                                            "*",
                                            models.F("tax_percent"),
                                        ),
                                        models.DecimalField(decimal_places=20, max_digits=40),
                                    ),
                                    "/",
                                    models.Value(Decimal(100)),
                                ),
                                precision=models.F("digits"),
                            ),
                        ),
                        ("tax_inclusive", False),
                    ),
                    _connector="OR",
                ),
                name="billing_line_tax",
                violation_error_message="The tax must be its percentage, rounded to the currency.",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.UniqueConstraint(
                fields=("name", "percent"),
                name="billing_tax_once",
                violation_error_message="There is already a tax of this name and percentage.",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="billing_tax_name",
                violation_error_message="Name the tax.",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                name="billing_tax_percent",
                violation_error_message="A tax is between 0 and 100 percent.",
            ),
        ),
        migrations.AddField(
            model_name="billingpolicy",
            name="default_tax",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.taxrate",
                verbose_name="tax of new lines",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="net",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    models.F("amount"), "-", models.F("tax")
                ),
                output_field=models.DecimalField(decimal_places=3, max_digits=14),
                verbose_name="without tax",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_only", True)), name="billing_policy_only"
            ),
        ),
        migrations.AddConstraint(
            model_name="billingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("days_to_pay__lte", 366)),
                name="billing_policy_days_to_pay",
                violation_error_message="0 to 366 days are possible.",
            ),
        ),
    ]

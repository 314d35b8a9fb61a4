"""Invoices, their series and lines, payments."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables of money."""

    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("records", "0001_initial"),
        ("scheduling", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceSeries",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                ("prefix", models.CharField(blank=True, max_length=12, verbose_name="before the number")),
                ("last_number", models.PositiveIntegerField(default=0, verbose_name="last number")),
            ],
            options={
                "verbose_name": "invoice series",
                "verbose_name_plural": "invoice series",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="number")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("issued", "Issued"),
                            ("balanced", "Paid"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "digits",
                    models.PositiveSmallIntegerField(editable=False, verbose_name="places of the currency"),
                ),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=3, default=Decimal(0), max_digits=14, verbose_name="total"
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                ("notes", models.TextField(blank=True, verbose_name="note on the invoice")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="issued")),
                ("balanced_at", models.DateTimeField(blank=True, null=True, verbose_name="paid")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled")),
                (
                    "cancel_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="reason for cancelling"),
                ),
                (
                    "appointment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="scheduling.appointment",
                        verbose_name="appointment",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="cancelled by",
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="records.consultation",
                        verbose_name="consultation",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="issued by",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="members.patientprofile",
                        verbose_name="patient",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="billing.invoiceseries",
                        verbose_name="series",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="amount",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("cash", "Cash"), ("card", "Card"), ("transfer", "Bank transfer")],
                        default="cash",
                        max_length=12,
                        verbose_name="method",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "On its way"),
                            ("completed", "Received"),
                            ("failed", "Did not arrive"),
                            ("refunded", "Refunded"),
                        ],
                        default="completed",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=100, verbose_name="reference")),
                ("received_at", models.DateTimeField(blank=True, null=True, verbose_name="received")),
                ("idempotency_key", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="billing.invoice",
                        verbose_name="invoice",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments_received",
                        to="members.member",
                        verbose_name="taken by",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("description", models.CharField(max_length=200, verbose_name="description")),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3,
                        default=1,
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="quantity",
                    ),
                ),
                (
                    "unit_price",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="price",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=3, editable=False, max_digits=14, verbose_name="amount"
                    ),
                ),
                ("digits", models.PositiveSmallIntegerField(editable=False)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="billing.invoice",
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "position"), name="billing_line_position"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="billing_line_quantity",
                        violation_error_message="The quantity must be more than nothing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "unit_price",
                                django.db.models.functions.math.Round(
                                    models.F("unit_price"), precision=models.F("digits")
                                ),
                            ),
                            ("unit_price__gte", 0),
                        ),
                        name="billing_line_price",
                        violation_error_message="The price has more decimal places than the currency.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount",
                                django.db.models.functions.math.Round(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("quantity"), "*", models.F("unit_price")
                                    ),
                                    precision=models.F("digits"),
                                ),
                            )
                        ),
                        name="billing_line_amount",
                        violation_error_message="The amount must be quantity × price, rounded to the currency.",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["status", "due_on"], name="billing_invoice_open"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["-created_at", "-id"], name="billing_invoice_latest"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "issued", "balanced", "cancelled"])),
                name="billing_invoice_status",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["issued", "balanced"]), ("number__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["issued", "balanced"]), _negated=True),
                        models.Q(("number__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="billing_invoice_numbered",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["issued", "balanced"]), ("series__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["issued", "balanced"]), _negated=True),
                        models.Q(("series__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="billing_invoice_in_series",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["issued", "balanced"]), ("issued_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["issued", "balanced"]), _negated=True),
                        models.Q(("issued_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="billing_invoice_issued",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["issued", "balanced"]), ("due_on__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["issued", "balanced"]), _negated=True),
                        models.Q(("due_on__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="billing_invoice_due",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["balanced"]), ("balanced_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["balanced"]), _negated=True),
                        models.Q(("balanced_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="billing_invoice_balanced",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["cancelled"]), ("cancelled_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["cancelled"]), _negated=True),
                        models.Q(("cancelled_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="billing_invoice_cancelled",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("series", "number"), name="billing_invoice_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "cancelled"), _negated=True),
                fields=("consultation",),
                name="billing_invoice_consultation_once",
                violation_error_message="This consultation already has an invoice.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "cancelled"), _negated=True),
                fields=("appointment",),
                name="billing_invoice_appointment_once",
                violation_error_message="This appointment already has an invoice.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(fields=("id", "digits"), name="billing_invoice_digits"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("digits__lte", 3)), name="billing_invoice_places"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("total__gte", 0)), name="billing_invoice_total"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["-received_at"], name="billing_payment_latest"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "completed", "failed", "refunded"])),
                name="billing_payment_status",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["cash", "card", "transfer"])),
                name="billing_payment_method",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["completed", "refunded"]), ("received_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["completed", "refunded"]), _negated=True),
                        models.Q(("received_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="billing_payment_received",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)),
                name="billing_payment_amount",
                violation_error_message="A payment must be more than nothing.",
            ),
        ),
    ]

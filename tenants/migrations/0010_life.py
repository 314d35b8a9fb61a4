"""How a clinic lives from trial to closing: its steps, plans, and the rules the platform sets for all."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import uuid_utils.compat
from django.db import migrations, models

import tenants.models.names
import tenants.models.policy


class Migration(migrations.Migration):
    """Rows of the platform, and what a clinic's own row says of its phase."""

    dependencies = [
        ("tenants", "0015_appearance"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrganizationEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "former",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("provisioning", "being set up"),
                            ("trial", "on trial"),
                            ("active", "active"),
                            ("suspended", "suspended"),
                            ("closed", "closed"),
                        ],
                        max_length=12,
                        verbose_name="before",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("provisioning", "being set up"),
                            ("trial", "on trial"),
                            ("active", "active"),
                            ("suspended", "suspended"),
                            ("closed", "closed"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("trial_ends_at", models.DateTimeField(blank=True, null=True, verbose_name="trial ends")),
                ("actor", models.CharField(blank=True, max_length=300, verbose_name="by")),
            ],
            options={
                "verbose_name": "step of a clinic's life",
                "verbose_name_plural": "steps of clinics' lives",
                "ordering": ("-at", "-created_at"),
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        max_length=3, validators=[tenants.models.names.is_currency], verbose_name="currency"
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "a month"), ("year", "a year")],
                        default="month",
                        max_length=5,
                        verbose_name="for",
                    ),
                ),
                (
                    "most_doctors",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How many may work at the clinic; empty: as many as it likes.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="doctors",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="A line for each thing.",
                        max_length=1000,
                        verbose_name="what it includes",
                    ),
                ),
                (
                    "is_listed",
                    models.BooleanField(
                        default=True,
                        help_text="Otherwise only you enter it for a clinic.",
                        verbose_name="offered to everybody",
                    ),
                ),
                (
                    "retired_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="retired"),
                ),
            ],
            options={
                "verbose_name": "plan",
                "verbose_name_plural": "plans",
                "ordering": ("currency", "price", "name"),
            },
        ),
        migrations.CreateModel(
            name="PlatformPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("is_only", models.BooleanField(default=True, editable=False, unique=True)),
                (
                    "trial_days",
                    models.PositiveSmallIntegerField(
                        default=tenants.models.policy.length_of_trial,
                        help_text="For clinics that sign up from now on.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="days of a trial",
                    ),
                ),
                (
                    "reminder_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(365),
                            ]
                        ),
                        blank=True,
                        default=tenants.models.policy.a_week_and_a_day,
                        help_text="For example: 7,1",
                        size=5,
                        verbose_name="days before its end at which administrators get a letter",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Until then its people and patients read everything and change nothing.",
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="days after its end until the clinic is suspended",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of the platform",
                "verbose_name_plural": "rules of the platform",
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        max_length=3, validators=[tenants.models.names.is_currency], verbose_name="currency"
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "a month"), ("year", "a year")],
                        default="month",
                        max_length=5,
                        verbose_name="for",
                    ),
                ),
                (
                    "most_doctors",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How many may work at the clinic; empty: as many as it likes.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="doctors",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "chosen"),
                            ("active", "agreed"),
                            ("withdrawn", "withdrawn"),
                            ("ended", "ended"),
                        ],
                        default="requested",
                        editable=False,
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("chosen_at", models.DateTimeField(editable=False, verbose_name="chosen")),
                (
                    "chosen_by",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="chosen by"),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="since"),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="until"),
                ),
            ],
            options={
                "verbose_name": "clinic's plan",
                "verbose_name_plural": "clinics' plans",
                "ordering": ("-chosen_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="listing",
            name="open_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="takes bookings until"),
        ),
        migrations.AddField(
            model_name="organization",
            name="open_since",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="open again since"
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="status_since",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="since"),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["status", "trial_ends_at"], name="organization_trial_over"),
        ),
        migrations.AddField(
            model_name="organizationevent",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="tenants.organization",
                verbose_name="clinic",
            ),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(fields=["price", "name", "id"], name="plan_offered"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="plan_name",
                violation_error_message="Give it a name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gte", 0)),
                name="plan_price",
                violation_error_message="A price is not negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                name="plan_currency",
                violation_error_message="This is not a currency code, such as EUR or NGN.",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__in", ["month", "year"])),
                name="plan_period",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_doctors__isnull", True), ("most_doctors__gte", 1), _connector="OR"),
                name="plan_doctors",
                violation_error_message="A plan is for one doctor at least.",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                models.F("currency"),
                condition=models.Q(("retired_at__isnull", True)),
                name="plan_once",
                violation_error_message="There is a plan of this name in this currency already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="platformpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_only", True)), name="platform_policy_only"
            ),
        ),
        migrations.AddConstraint(
            model_name="platformpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("trial_days__range", (1, 365))),
                name="platform_policy_trial",
                violation_error_message="A trial lasts 1 to 365 days.",
            ),
        ),
        migrations.AddConstraint(
            model_name="platformpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("grace_days__lte", 90)),
                name="platform_policy_grace",
                violation_error_message="A clinic is suspended 90 days after its trial at the latest.",
            ),
        ),
        migrations.AddConstraint(
            model_name="platformpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reminder_days__len__lte", 5), models.Q(("reminder_days__contains", [0]), _negated=True)
                ),
                name="platform_policy_reminders",
                violation_error_message="Up to five letters, each a day before the end or more.",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subscriptions",
                to="tenants.organization",
                verbose_name="clinic",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subscriptions",
                to="tenants.plan",
                verbose_name="plan",
            ),
        ),
        migrations.AddIndex(
            model_name="organizationevent",
            index=models.Index(fields=["organization", "-at"], name="organization_event_of"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["organization", "-chosen_at", "-id"], name="subscription_of"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["status", "-chosen_at"], name="subscription_by_status"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["requested", "active", "withdrawn", "ended"])),
                name="subscription_status",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["active", "ended"]), ("started_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["active", "ended"]), _negated=True),
                        models.Q(("started_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="subscription_started",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["withdrawn", "ended"]), ("ended_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["withdrawn", "ended"]), _negated=True),
                        models.Q(("ended_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="subscription_ended",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "requested")),
                fields=("organization",),
                name="subscription_one_requested",
                violation_error_message="Another plan has been chosen already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "active")),
                fields=("organization",),
                name="subscription_one_active",
                violation_error_message="The clinic has a plan already.",
            ),
        ),
    ]

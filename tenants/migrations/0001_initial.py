"""Tables of the clinics: what each is, where it lives, and what makes its schema."""

import django.core.validators
import django.db.models.deletion
import django_countries.fields
import uuid_utils.compat
from django.db import migrations, models

import tenants.models.names


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SchemaScript",
            fields=[
                ("fingerprint", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("statements", models.JSONField()),
                ("migrations", models.JSONField()),
                ("catalog", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "script of a clinic's schema",
                "verbose_name_plural": "scripts of a clinic's schema",
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "schema_name",
                    models.CharField(
                        default=tenants.models.names.generated_schema_name,
                        editable=False,
                        max_length=63,
                        unique=True,
                        verbose_name="schema",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "label",
                    models.CharField(
                        error_messages={
                            "unique": "Another clinic already has this address. Please choose another one."
                        },
                        max_length=32,
                        unique=True,
                        validators=[tenants.models.names.is_label],
                        verbose_name="address",
                    ),
                ),
                ("country", django_countries.fields.CountryField(max_length=2, verbose_name="country")),
                (
                    "currency",
                    models.CharField(
                        max_length=3, validators=[tenants.models.names.is_currency], verbose_name="currency"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        max_length=64,
                        validators=[tenants.models.names.is_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "locale",
                    models.CharField(
                        default="en",
                        max_length=20,
                        validators=[tenants.models.names.is_locale],
                        verbose_name="language and region",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="street and town")),
                (
                    "latitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="longitude",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("brand_colour", models.CharField(default="#0f766e", max_length=7, verbose_name="colour")),
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
                        default="provisioning",
                        editable=False,
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "trial_ends_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="trial ends"),
                ),
                (
                    "founder_id",
                    models.UUIDField(blank=True, editable=False, null=True, verbose_name="signed up by"),
                ),
                (
                    "schema_version",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="schema version"),
                ),
                (
                    "migration_error",
                    models.TextField(blank=True, editable=False, verbose_name="migration error"),
                ),
            ],
            options={
                "verbose_name": "clinic",
                "verbose_name_plural": "clinics",
                "ordering": ("name",),
                "indexes": [models.Index(fields=["status", "name"], name="organization_status_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("schema_name__regex", "^t_[0-9a-f]{16}$")),
                        name="organization_schema_name",
                        violation_error_message="Schema names are generated.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("label__regex", "^(?!..--)[a-z][a-z0-9-]{0,30}[a-z0-9]$"),
                            models.Q(
                                (
                                    "label__in",
                                    (
                                        "account",
                                        "accounts",
                                        "admin",
                                        "api",
                                        "app",
                                        "apps",
                                        "assets",
                                        "autoconfig",
                                        "autodiscover",
                                        "billing",
                                        "blog",
                                        "cdn",
                                        "clinic",
                                        "clinics",
                                        "dev",
                                        "docs",
                                        "email",
                                        "ftp",
                                        "help",
                                        "imap",
                                        "info",
                                        "localhost",
                                        "login",
                                        "mail",
                                        "media",
                                        "mx",
                                        "news",
                                        "ns1",
                                        "ns2",
                                        "pop",
                                        "postmaster",
                                        "public",
                                        "root",
                                        "security",
                                        "signup",
                                        "smtp",
                                        "staging",
                                        "static",
                                        "status",
                                        "support",
                                        "system",
                                        "test",
                                        "webmail",
                                        "wpad",
                                        "www",
                                    ),
                                ),
                                _negated=True,
                            ),
                        ),
                        name="organization_label",
                        violation_error_message="This address cannot be used. Please choose another one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country", ""), _negated=True),
                        name="organization_country",
                        violation_error_message="Choose a country.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="organization_currency",
                        violation_error_message="This is not a currency code, such as EUR or NGN.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("brand_colour__regex", "^#[0-9a-f]{6}$")),
                        name="organization_brand_colour",
                        violation_error_message="A colour is written as # and six digits or letters a to f.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__isnull", False),
                                ("latitude__range", (-90, 90)),
                                ("longitude__isnull", False),
                                ("longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="organization_place",
                        violation_error_message="Give both coordinates or neither.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="organization_name",
                        violation_error_message="Give the clinic's name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "provisioning"), ("trial_ends_at__isnull", False), _connector="OR"
                        ),
                        name="organization_trial",
                        violation_error_message="A clinic that was opened has a trial period.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["provisioning", "trial", "active", "suspended", "closed"])
                        ),
                        name="organization_status",
                        violation_error_message="Choose one of the values offered.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadySchema",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "schema_name",
                    models.CharField(
                        default=tenants.models.names.generated_schema_name,
                        max_length=63,
                        unique=True,
                        verbose_name="schema",
                    ),
                ),
                ("schema_version", models.PositiveIntegerField(verbose_name="schema version")),
            ],
            options={
                "verbose_name": "schema kept ready",
                "verbose_name_plural": "schemas kept ready",
                "ordering": ("created_at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("schema_name__regex", "^t_[0-9a-f]{16}$")),
                        name="ready_schema_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "domain",
                    models.CharField(
                        error_messages={
                            "unique": "Another clinic already has this address. Please choose another one."
                        },
                        max_length=253,
                        unique=True,
                        verbose_name="host name",
                    ),
                ),
                ("is_primary", models.BooleanField(default=True, verbose_name="serves the pages")),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="domains",
                        to="tenants.organization",
                        verbose_name="clinic",
                    ),
                ),
            ],
            options={
                "verbose_name": "host name",
                "verbose_name_plural": "host names",
                "ordering": ("domain",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "domain__regex",
                                "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$",
                            )
                        ),
                        name="domain_host",
                        violation_error_message="Write the host name alone, in small letters: clinic.example.org",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_primary", True)),
                        fields=("tenant",),
                        name="domain_one_primary",
                        violation_error_message="Only one host name of a clinic serves its pages.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportSession",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("user_id", models.UUIDField(verbose_name="who")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("token_hash", models.CharField(blank=True, max_length=64)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="support_sessions",
                        to="tenants.organization",
                        verbose_name="clinic",
                    ),
                ),
            ],
            options={
                "verbose_name": "support session",
                "verbose_name_plural": "support sessions",
                "ordering": ("-started_at",),
                "indexes": [models.Index(fields=["user_id", "-started_at"], name="support_session_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="support_session_reason",
                        violation_error_message="Say why you enter this clinic.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("started_at"))),
                        name="support_session_times",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("token_hash",),
                        name="support_session_token",
                    ),
                ],
            },
        ),
    ]

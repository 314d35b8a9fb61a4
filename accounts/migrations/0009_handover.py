"""Ways from the platform's site into a clinic, each used once."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import changed, guard, refuse_if

NEVER = "An entrance is used once, and nothing else of it changes."
FIXED = (
    *("user_id", "organization_id", "token_hash", "browser_hash", "login_hash", "shown"),
    *("is_one_of_several", "created_at", "expires_at"),
)


class Migration(migrations.Migration):
    """The table and its rule."""

    dependencies = [
        ("accounts", "0008_factors_of_the_platform"),
        ("tenants", "0020_own_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("user_id", models.UUIDField(verbose_name="user")),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("browser_hash", models.CharField(editable=False, max_length=64)),
                ("login_hash", models.CharField(editable=False, max_length=64)),
                ("shown", models.JSONField(default=list, editable=False)),
                (
                    "is_one_of_several",
                    models.BooleanField(
                        default=False, editable=False, verbose_name="belongs to several clinics"
                    ),
                ),
                ("expires_at", models.DateTimeField(editable=False, verbose_name="expires")),
                ("used_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="used")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organization",
                        verbose_name="clinic",
                    ),
                ),
            ],
            options={
                "verbose_name": "entrance",
                "verbose_name_plural": "entrances",
                "ordering": ("-created_at",),
                "indexes": [models.Index(fields=["expires_at"], name="accounts_handover_expires")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created_at"), "+", models.Value(datetime.timedelta(seconds=60))
                                ),
                            )
                        ),
                        name="accounts_handover_a_minute",
                        violation_error_message="An entrance is open for a minute at most.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at__isnull", True),
                            ("used_at__lt", models.F("expires_at")),
                            _connector="OR",
                        ),
                        name="accounts_handover_in_time",
                        violation_error_message="An entrance is used before it expires.",
                    ),
                ],
            },
        ),
        *guard(
            "accounts_handover",
            "once",
            "UPDATE",
            refuse_if(f"OLD.used_at IS NOT NULL OR {changed(*FIXED)}", NEVER),
        ),
    ]

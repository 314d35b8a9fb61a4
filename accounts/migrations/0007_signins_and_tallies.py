"""Where people are signed in, what ends all of it at once, and counts that are one for all clinics."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_affiliation"),
        ("tenants", "0004_access_policy"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("key", models.CharField(editable=False, max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField(verbose_name="times")),
                ("ends_at", models.DateTimeField(db_index=True, verbose_name="counted until")),
            ],
            options={
                "verbose_name": "tally",
                "verbose_name_plural": "tallies",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name="Signin",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("user_id", models.UUIDField(verbose_name="user")),
                ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                ("address", models.GenericIPAddressField(blank=True, null=True, verbose_name="address")),
                ("agent", models.CharField(blank=True, max_length=300, verbose_name="browser")),
                ("last_used_at", models.DateTimeField(verbose_name="last used")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the platform's site.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organization",
                        verbose_name="clinic",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "ordering": ("-created_at",),
                "indexes": [
                    models.Index(fields=["user_id", "-created_at"], name="accounts_signin_user"),
                    models.Index(fields=["last_used_at"], name="accounts_signin_last_used"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True),
                            ("ended_at__gte", models.F("created_at")),
                            _connector="OR",
                        ),
                        name="accounts_signin_times",
                        violation_error_message="A sign-in ends after it began.",
                    )
                ],
            },
        ),
    ]

"""Addresses that clinics say are their own, and whose they are."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import tenants.models.domain
from clinic.db.operations import guard, refuse_if, run
from clinic.db.roles import OUTSIDE_CLINICS

OWN = "organization_id = (SELECT id FROM tenants_organization WHERE schema_name = current_user)"
# A clinic gives up what it claimed, never the host that the platform gave it.
CLAIMED = (
    "EXISTS (SELECT 1 FROM tenants_domainclaim c WHERE c.host = domain AND c.organization_id = tenant_id)"
)
SERVED = (
    "EXISTS (SELECT 1 FROM tenants_domain WHERE tenant_id = OLD.tenant_id) AND "
    "NOT EXISTS (SELECT 1 FROM tenants_domain WHERE tenant_id = OLD.tenant_id AND is_primary)"
)


class Migration(migrations.Migration):
    """A host is the clinic's only after the DNS has said so; one of its hosts serves the pages."""

    dependencies = [
        ("tenants", "0011_rules_of_life"),
    ]

    operations = [
        migrations.CreateModel(
            name="DomainClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("host", models.CharField(max_length=230, verbose_name="host name")),
                (
                    "token",
                    models.CharField(
                        default=tenants.models.domain.fresh_token,
                        editable=False,
                        max_length=64,
                        verbose_name="token",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="asked"),
                ),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="checked"),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("missing", "no record"),
                            ("other", "another value"),
                            ("silent", "no answer"),
                            ("taken", "another clinic's"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="problem",
                    ),
                ),
                (
                    "verified_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="verified"),
                ),
                (
                    "reached_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reached"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="domain_claims",
                        to="tenants.organization",
                        verbose_name="clinic",
                    ),
                ),
            ],
            options={
                "verbose_name": "own address",
                "verbose_name_plural": "own addresses",
                "ordering": ("host", "id"),
                "indexes": [models.Index(fields=["host"], name="domain_claim_of_host")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "host"),
                        name="domain_claim_once",
                        violation_error_message="This address is in the list already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "host__regex",
                                "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$",
                            )
                        ),
                        name="domain_claim_host",
                        violation_error_message="Write the host name alone, in small letters: clinic.example.org",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("problem", ""),
                            ("problem__in", ("missing", "other", "silent", "taken")),
                            _connector="OR",
                        ),
                        name="domain_claim_problem",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reached_at__isnull", True), ("verified_at__isnull", False), _connector="OR"
                        ),
                        name="domain_claim_order",
                        violation_error_message="First show that the address is yours.",
                    ),
                ],
            },
        ),
        run(
            f"CREATE POLICY own ON tenants_domainclaim USING (({OUTSIDE_CLINICS}) OR {OWN})",
            "DROP POLICY own ON tenants_domainclaim",
        ),
        run(
            "CREATE POLICY unproven ON tenants_domainclaim AS RESTRICTIVE FOR INSERT "
            f"WITH CHECK (({OUTSIDE_CLINICS}) OR verified_at IS NULL)",
            "DROP POLICY unproven ON tenants_domainclaim",
        ),
        run(
            "ALTER TABLE tenants_domainclaim ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE tenants_domainclaim DISABLE ROW LEVEL SECURITY",
        ),
        run(
            "CREATE POLICY claimed ON tenants_domain AS RESTRICTIVE FOR DELETE "
            f"USING (({OUTSIDE_CLINICS}) OR {CLAIMED})",
            "DROP POLICY claimed ON tenants_domain",
        ),
        *guard(
            "tenants_domain",
            "served",
            "UPDATE OR DELETE",
            refuse_if(SERVED, "One of a clinic's addresses serves its pages."),
            at_commit=True,
        ),
    ]

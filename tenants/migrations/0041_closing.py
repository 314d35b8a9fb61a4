"""A clinic may ask to be closed; a closed one is dropped only if somebody of the platform asked for it."""

import django.core.validators
from django.db import migrations, models

from clinic.db.operations import guard, refuse_if, run
from clinic.db.roles import OUTSIDE_CLINICS

# As in migration 0011; a clinic that is being closed takes no bookings.
LIST = """
CREATE OR REPLACE FUNCTION tenants_list() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE clinic uuid := (to_jsonb(NEW)->>TG_ARGV[0])::uuid;
BEGIN
    DELETE FROM tenants_listing l USING tenants_organization o
    WHERE l.organization_id = clinic AND o.id = clinic AND o.verified_at IS NULL;
    INSERT INTO tenants_listing (
        id, created_at, organization_id, specialisations,
        name, host, address, country, time_zone, latitude, longitude, is_open, open_until
    )
    SELECT gen_random_uuid(), now(), o.id, '', o.name, d.domain, o.address, o.country, o.time_zone,
        o.latitude, o.longitude, o.status IN ('trial', 'active') AND o.closing_since IS NULL,
        CASE WHEN o.status = 'trial' THEN o.trial_ends_at END
    FROM tenants_organization o JOIN tenants_domain d ON d.tenant_id = o.id AND d.is_primary
    WHERE o.id = clinic AND o.verified_at IS NOT NULL
    ON CONFLICT (organization_id) DO UPDATE SET
        name = EXCLUDED.name, host = EXCLUDED.host, address = EXCLUDED.address, country = EXCLUDED.country,
        time_zone = EXCLUDED.time_zone, latitude = EXCLUDED.latitude, longitude = EXCLUDED.longitude,
        is_open = EXCLUDED.is_open, open_until = EXCLUDED.open_until;
    RETURN NULL;
END $$
"""
# A clinic cannot say that it asked long ago: the days to think again are the platform's to count.
BACKDATED = f"NOT ({OUTSIDE_CLINICS}) AND NEW.closing_since < now() - interval '1 hour'"
GONE = "OLD.dropped_at IS NOT NULL AND (NEW.dropped_at, NEW.status) IS DISTINCT FROM (OLD.dropped_at, OLD.status)"


class Migration(migrations.Migration):
    """The columns and their rules."""

    dependencies = [
        ("tenants", "0030_backups"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="closing_since",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="asked to be closed"
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="drop_asked_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="asked to be dropped"
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="drop_asked_by_id",
            field=models.UUIDField(
                blank=True, editable=False, null=True, verbose_name="asked to be dropped by"
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="dropped_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="dropped"),
        ),
        migrations.AddField(
            model_name="platformpolicy",
            name="closing_days",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="Until then its people read everything, take everything out, and may take the wish back.",
                validators=[
                    django.core.validators.MinValueValidator(7),
                    django.core.validators.MaxValueValidator(365),
                ],
                verbose_name="days from a clinic's wish to be closed until it is sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("drop_asked_at__isnull", True), ("drop_asked_by_id__isnull", True)),
                    models.Q(
                        ("drop_asked_at__isnull", False),
                        ("drop_asked_by_id__isnull", False),
                        ("status", "closed"),
                    ),
                    _connector="OR",
                ),
                name="organization_drop_of_closed",
                violation_error_message="Only a closed clinic is dropped, and somebody has asked for it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dropped_at__isnull", True), ("drop_asked_at__isnull", False), _connector="OR"
                ),
                name="organization_dropped_if_asked",
                violation_error_message="Nothing is dropped that nobody asked for.",
            ),
        ),
        migrations.AddConstraint(
            model_name="platformpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("closing_days__range", (7, 365))),
                name="platform_policy_closing",
                violation_error_message="A clinic that wants to be closed has 7 to 365 days.",
            ),
        ),
        run(LIST),
        *guard(
            "tenants_organization",
            "closing",
            "UPDATE OF closing_since",
            refuse_if(BACKDATED, "A clinic asks to be closed from now on."),
        ),
        *guard(
            "tenants_organization",
            "dropped",
            "UPDATE",
            refuse_if(GONE, "What was dropped does not come back."),
        ),
    ]

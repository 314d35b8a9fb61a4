"""Which clinics the platform vouches for, and the public directory of them."""

import django.db.models.deletion
import django_countries.fields
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import run
from clinic.db.roles import OUTSIDE_CLINICS

OWN = "organization_id = (SELECT id FROM tenants_organization WHERE schema_name = current_user)"

# The entry is there exactly while the clinic is verified, and says what the clinic's own rows say.
LIST = """
CREATE FUNCTION tenants_list() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE clinic uuid := (to_jsonb(NEW)->>TG_ARGV[0])::uuid;
BEGIN
    DELETE FROM tenants_listing l USING tenants_organization o
    WHERE l.organization_id = clinic AND o.id = clinic AND o.verified_at IS NULL;
    INSERT INTO tenants_listing (
        id, created_at, organization_id, specialisations,
        name, host, address, country, time_zone, latitude, longitude, is_open
    )
    SELECT gen_random_uuid(), now(), o.id, '', o.name, d.domain, o.address, o.country, o.time_zone,
        o.latitude, o.longitude, o.status IN ('trial', 'active')
    FROM tenants_organization o JOIN tenants_domain d ON d.tenant_id = o.id AND d.is_primary
    WHERE o.id = clinic AND o.verified_at IS NOT NULL
    ON CONFLICT (organization_id) DO UPDATE SET
        name = EXCLUDED.name, host = EXCLUDED.host, address = EXCLUDED.address, country = EXCLUDED.country,
        time_zone = EXCLUDED.time_zone, latitude = EXCLUDED.latitude, longitude = EXCLUDED.longitude,
        is_open = EXCLUDED.is_open;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    """Rows of the platform's own."""

    dependencies = [
        ("tenants", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("host", models.CharField(max_length=253, verbose_name="host name")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="street and town")),
                ("country", django_countries.fields.CountryField(max_length=2, verbose_name="country")),
                ("time_zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("is_open", models.BooleanField(verbose_name="takes bookings")),
                ("specialisations", models.TextField(blank=True, default="", verbose_name="specialisations")),
                ("next_free_at", models.DateTimeField(blank=True, null=True, verbose_name="next free time")),
                ("refreshed_at", models.DateTimeField(blank=True, null=True, verbose_name="last told")),
            ],
            options={
                "verbose_name": "entry of the directory",
                "verbose_name_plural": "entries of the directory",
                "ordering": ("name", "id"),
            },
        ),
        migrations.AddField(
            model_name="organization",
            name="verified_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="verified"),
        ),
        migrations.AddField(
            model_name="organization",
            name="verified_by_id",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="verified by"),
        ),
        migrations.AddField(
            model_name="organization",
            name="verified_papers",
            field=models.CharField(blank=True, editable=False, max_length=500, verbose_name="papers seen"),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verified_at__isnull", True), ("verified_papers", "")),
                    models.Q(
                        ("verified_at__isnull", False), models.Q(("verified_papers", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="organization_verified",
                violation_error_message="A verified clinic has shown its papers.",
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="organization",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="listing",
                to="tenants.organization",
                verbose_name="clinic",
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["latitude", "longitude"], name="listing_where"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["next_free_at", "id"], name="listing_next_free"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["name", "id"], name="listing_name"),
        ),
        run(
            "CREATE INDEX listing_on_the_map ON tenants_listing USING gist (point(longitude, latitude))",
            "DROP INDEX listing_on_the_map",
        ),
        run(LIST, "DROP FUNCTION tenants_list()"),
        run(
            "CREATE TRIGGER tenants_list AFTER UPDATE ON tenants_organization "
            "FOR EACH ROW EXECUTE FUNCTION tenants_list('id')",
            "DROP TRIGGER tenants_list ON tenants_organization",
        ),
        run(
            "CREATE TRIGGER tenants_list AFTER INSERT OR UPDATE ON tenants_domain "
            "FOR EACH ROW EXECUTE FUNCTION tenants_list('tenant_id')",
            "DROP TRIGGER tenants_list ON tenants_domain",
        ),
        # Anybody may read it; a clinic tells of itself alone.
        run(
            "CREATE POLICY read ON tenants_listing FOR SELECT USING (true)",
            "DROP POLICY read ON tenants_listing",
        ),
        run(
            f"CREATE POLICY told ON tenants_listing FOR UPDATE USING (({OUTSIDE_CLINICS}) OR {OWN})",
            "DROP POLICY told ON tenants_listing",
        ),
        run(
            f"CREATE POLICY entered ON tenants_listing FOR INSERT WITH CHECK ({OUTSIDE_CLINICS})",
            "DROP POLICY entered ON tenants_listing",
        ),
        run(
            f"CREATE POLICY removed ON tenants_listing FOR DELETE USING ({OUTSIDE_CLINICS})",
            "DROP POLICY removed ON tenants_listing",
        ),
        run(
            "ALTER TABLE tenants_listing ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE tenants_listing DISABLE ROW LEVEL SECURITY",
        ),
    ]

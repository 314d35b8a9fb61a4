"""A clinic forbids visits of support, and what has ended stays ended."""

from django.db import migrations, models

from clinic.db.operations import guard, refuse_if

FORBIDDEN = "This clinic lets nobody of the platform in. Ask its administrator to allow support."
ENDED = "A visit that has ended stays ended."
# Waits for whoever is forbidding it at this moment, then sees what they left.
ASK = "PERFORM 1 FROM tenants_organization WHERE id = NEW.organization_id FOR SHARE; "
FORBIDS = (
    "SELECT 1 FROM tenants_organization WHERE id = NEW.organization_id AND support_forbidden_at IS NOT NULL"
)


class Migration(migrations.Migration):
    """Who enters a clinic is the clinic's to decide."""

    dependencies = [
        ("tenants", "0004_access_policy"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="support_forbidden_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="support forbidden"
            ),
        ),
        migrations.AddIndex(
            model_name="supportsession",
            index=models.Index(fields=["organization", "-started_at"], name="support_session_clinic"),
        ),
        *guard(
            "tenants_supportsession",
            "allowed",
            "INSERT",
            ASK + refuse_if(f"EXISTS ({FORBIDS})", FORBIDDEN),
        ),
        *guard(
            "tenants_supportsession",
            "frozen",
            "UPDATE",
            refuse_if("OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at", ENDED),
        ),
    ]

"""How a clinic shows itself: logo, letterhead, languages; and what stays as it was once it is used."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import frozen, guard, refuse_if, run
from clinic.db.roles import OUTSIDE_CLINICS

OWN = "organization_id = (SELECT id FROM tenants_organization WHERE schema_name = current_user)"


BOOKED = "EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.scheduling_appointment)', OLD.schema_name) INTO is_used; "
COUNTED = (
    "EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.scheduling_appointment) "
    "OR EXISTS (SELECT 1 FROM %1$I.billing_invoice) OR EXISTS (SELECT 1 FROM %1$I.wallets_ledgerentry) "
    "OR EXISTS (SELECT 1 FROM %1$I.books_bookentry)', OLD.schema_name) INTO is_used; "
)
ZONE = "The time zone stays: visits were booked by it. Ask whoever runs this site if it is wrong."
MONEY = "The currency stays: money was counted in it. Ask whoever runs this site if it is wrong."
FIXED = (
    # A clinic whose schema is still to be made has nothing in it.
    "IF to_regclass(format('%I.scheduling_appointment', OLD.schema_name)) IS NULL THEN RETURN NEW; END IF; "
    "IF NEW.time_zone <> OLD.time_zone THEN "
    + BOOKED
    + refuse_if("is_used", ZONE)
    + "END IF; IF NEW.currency <> OLD.currency THEN "
    + COUNTED
    + refuse_if("is_used", MONEY)
    + "END IF; "
)


class Migration(migrations.Migration):
    """Logo, letterhead and languages of a clinic."""

    dependencies = [
        ("tenants", "0005_support_is_the_clinics_to_allow"),
    ]

    operations = [
        migrations.CreateModel(
            name="Logo",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("content", models.BinaryField(verbose_name="picture")),
            ],
            options={
                "verbose_name": "logo",
                "verbose_name_plural": "logos",
            },
        ),
        migrations.AddField(
            model_name="organization",
            name="bank_details",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Where invoices are paid to, as it is to be printed.",
                max_length=300,
                verbose_name="bank account",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="footer_words",
            field=models.CharField(
                blank=True,
                default="",
                help_text="On every page of paper. Empty: the clinic's name.",
                max_length=200,
                verbose_name="line at the foot",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="letter_languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8),
                blank=True,
                default=list,
                size=None,
                verbose_name="languages of letters",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="logo",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=64, verbose_name="logo"
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="opening_words",
            field=models.CharField(
                blank=True,
                default="",
                help_text="One line under the clinic's name, such as: General practice and paediatrics.",
                max_length=160,
                verbose_name="opening words",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="own_texts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                blank=True,
                default=list,
                editable=False,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="registration",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Numbers that papers must name: company register, tax, licence.",
                max_length=160,
                verbose_name="registration",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("logo__regex", "^([0-9a-f]{64})?$")),
                name="organization_logo",
                violation_error_message="A logo is named by its digest.",
            ),
        ),
        migrations.AddField(
            model_name="logo",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="logos",
                to="tenants.organization",
                verbose_name="clinic",
            ),
        ),
        migrations.AddConstraint(
            model_name="logo",
            constraint=models.UniqueConstraint(fields=("organization", "digest"), name="logo_once"),
        ),
        migrations.AddConstraint(
            model_name="logo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("digest__regex", "^([0-9a-f]{64})?$"), models.Q(("digest", ""), _negated=True)
                ),
                name="logo_digest",
            ),
        ),
        *frozen("tenants_logo", "true", "A picture that was shown stays as it is. Add another one."),
        run(
            f"CREATE POLICY own ON tenants_logo USING (({OUTSIDE_CLINICS}) OR {OWN})",
            "DROP POLICY own ON tenants_logo",
        ),
        run(
            "ALTER TABLE tenants_logo ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE tenants_logo DISABLE ROW LEVEL SECURITY",
        ),
        *guard(
            "tenants_organization",
            "fixed",
            "UPDATE OF time_zone, currency",
            FIXED,
            "DECLARE is_used boolean;",
        ),
        # The platform's own login may not look into a clinic; this looks for it, and says yes or no.
        run(
            "ALTER FUNCTION tenants_organization_fixed() SECURITY DEFINER",
            "ALTER FUNCTION tenants_organization_fixed() SECURITY INVOKER",
        ),
    ]

"""No clinic sets up, changes or takes off the second factor of who runs the platform.

Whoever broke into a clinic would else be one step nearer to the platform. Signing in there with it works: that
it was used, and which recovery codes, is written.
"""

from django.db import migrations

from clinic.db.operations import guard, refuse_if

OF_THE_PLATFORM = (
    "current_user ~ '^t_[0-9a-f]{16}$' AND EXISTS (SELECT FROM accounts_user u "
    "WHERE u.id = coalesce(NEW.user_id, OLD.user_id) AND u.is_superuser)"
)
# `used_mask` and `viewed_at` are allauth's notes on recovery codes.
MORE_THAN_USED = (
    "(TG_OP <> 'UPDATE' OR (NEW.user_id, NEW.type) IS DISTINCT FROM (OLD.user_id, OLD.type) "
    "OR NEW.data - 'used_mask' - 'viewed_at' IS DISTINCT FROM OLD.data - 'used_mask' - 'viewed_at')"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_signins_and_tallies"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        *guard(
            "mfa_authenticator",
            "of_the_platform",
            "INSERT OR UPDATE OR DELETE",
            refuse_if(
                f"{OF_THE_PLATFORM} AND {MORE_THAN_USED}",
                "The second factor of who runs the platform is changed on its own site.",
            ),
        ),
    ]

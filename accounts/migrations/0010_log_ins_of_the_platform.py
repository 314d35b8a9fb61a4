"""No clinic takes the log-in of who runs the platform from them, by none of the ways there are.

The row policy lets no clinic's role leave a superuser behind (clinic.db.roles), so it could make one nobody
in particular and then do as it liked; give one an e-mail address of its own, to which the platform would
send the letter for a new password; or hand their second factor to somebody else.
"""

from django.db import migrations

from clinic.db.operations import guard, refuse_if

CLINIC = "current_user ~ '^t_[0-9a-f]{16}$'"
OF_THE_PLATFORM = (
    f"{CLINIC} AND EXISTS (SELECT FROM accounts_user u "
    "WHERE u.id IN (OLD.user_id, NEW.user_id) AND u.is_superuser)"
)


class Migration(migrations.Migration):
    """What stands beside the rules of 0008."""

    dependencies = [
        ("accounts", "0009_handover"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        *guard(
            "accounts_user",
            "of_the_platform",
            "UPDATE",
            refuse_if(
                f"OLD.is_superuser AND {CLINIC}",
                "The log-in of who runs the platform is changed on its own site.",
            ),
        ),
        *guard(
            "account_emailaddress",
            "of_the_platform",
            "INSERT OR UPDATE OR DELETE",
            refuse_if(OF_THE_PLATFORM, "The e-mail of who runs the platform is changed on its own site."),
        ),
        *guard(
            "mfa_authenticator",
            "ones_own",
            "UPDATE",
            refuse_if(
                "NEW.user_id IS DISTINCT FROM OLD.user_id",
                "A second factor stays with the person who set it up.",
            ),
        ),
    ]

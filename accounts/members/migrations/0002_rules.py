"""What only the database can keep: a profile's kind, a member's log-in, used invitations, the audit trail."""

from django.db import migrations

from clinic.db.operations import audited, composite_foreign_key, enforced_transitions, frozen

TRANSITIONS = [
    ("active", "inactive"),
    ("active", "suspended"),
    ("inactive", "active"),
    ("suspended", "active"),
    ("suspended", "inactive"),
]
PROFILES = ("admin", "agent", "caregiver", "doctor", "patient", "receptionist")


class Migration(migrations.Migration):
    """The rules of a clinic's people."""

    dependencies = [("members", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        *(
            composite_foreign_key(
                f"members_{kind}profile",
                ("member_id", "role"),
                "members_member",
                ("id", "role"),
                f"members_{kind}_is_of_its_kind",
            )
            for kind in PROFILES
        ),
        *enforced_transitions("members_member", TRANSITIONS, initial=("active",)),
        *frozen(
            "members_member",
            when="TG_OP = 'UPDATE' AND OLD.user_id IS NOT NULL AND NEW.user_id IS DISTINCT FROM OLD.user_id",
            message="A member keeps the log-in it was given.",
            name="login_kept",
        ),
        *frozen(
            "members_patientprofile",
            when="TG_OP = 'UPDATE' AND NEW.number <> OLD.number",
            message="A patient keeps the number once given.",
            name="number_kept",
        ),
        *frozen(
            "members_invitation",
            when="OLD.accepted_at IS NOT NULL OR OLD.revoked_at IS NOT NULL",
            message="This invitation has been used or withdrawn.",
        ),
        *audited("members_member", patient="id"),
        *audited("members_patientprofile", patient="member_id"),
        *audited(
            *(f"members_{kind}profile" for kind in PROFILES if kind != "patient"),
            "members_emergencycontact",
            "members_allergy",
            "members_condition",
            "members_invitation",
            "members_patientseries",
        ),
    ]

"""Whoever books while the patient's file is merged into another one is told so."""

from django.db import migrations

from clinic.db.operations import called, guard, refuse_if, uncalled

SENTENCE = "This patient's file was merged into another one. Open the patient again."


class Migration(migrations.Migration):
    """The foreign key asks at the end of the transaction; this waits for a merge, and has a sentence."""

    dependencies = (("scheduling", "0161_follow_a_merge"),)

    operations = (
        *guard(
            "scheduling_appointment",
            "whose",
            "INSERT",
            "PERFORM FROM members_patientprofile p WHERE p.member_id = NEW.patient_id FOR KEY SHARE; "
            + refuse_if("NOT FOUND", SENTENCE),
        ),
        # Asked of what is stored: whoever loses a race for a time asks nothing.
        uncalled("scheduling_appointment", "whose"),
        called("scheduling_appointment", "whose", "AFTER INSERT"),
    )

"""What a doctor prescribes again and again; and a sheet holds no more lines than its page shows."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import audited


class Migration(migrations.Migration):
    """The tables and their rules."""

    dependencies = [
        ("members", "0005_languages"),
        ("records", "0012_text_templates"),
    ]

    operations = [
        migrations.CreateModel(
            name="Favourite",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "notes",
                    models.TextField(blank=True, max_length=2000, verbose_name="notes for the patient"),
                ),
            ],
            options={
                "verbose_name": "favourite",
                "verbose_name_plural": "favourites",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="FavouriteItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("medicine", models.CharField(max_length=200, verbose_name="medicine")),
                ("potency", models.CharField(blank=True, max_length=50, verbose_name="potency or strength")),
                ("form", models.CharField(blank=True, max_length=50, verbose_name="form")),
                ("dosage", models.CharField(blank=True, max_length=100, verbose_name="dosage")),
                ("frequency", models.CharField(blank=True, max_length=100, verbose_name="how often")),
                ("duration", models.CharField(blank=True, max_length=100, verbose_name="how long")),
                ("quantity", models.CharField(blank=True, max_length=50, verbose_name="quantity")),
                ("notes", models.CharField(blank=True, max_length=500, verbose_name="instructions")),
                ("position", models.PositiveSmallIntegerField(editable=False, verbose_name="position")),
            ],
            options={
                "verbose_name": "line of a favourite",
                "verbose_name_plural": "lines of favourites",
                "ordering": ("position",),
            },
        ),
        migrations.AddConstraint(
            model_name="prescriptionitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1), ("position__lte", 40)),
                name="prescription_item_place",
                violation_error_message="A sheet holds at most 40 medicines. Begin another one.",
            ),
        ),
        migrations.AddField(
            model_name="favourite",
            name="doctor",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="favourites",
                to="members.doctorprofile",
                verbose_name="doctor",
            ),
        ),
        migrations.AddField(
            model_name="favouriteitem",
            name="favourite",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="records.favourite",
                verbose_name="favourite",
            ),
        ),
        migrations.AddConstraint(
            model_name="favourite",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="favourite_has_name",
                violation_error_message="Give the favourite a name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="favourite",
            constraint=models.UniqueConstraint(
                fields=("doctor", "name"),
                name="favourite_of_doctor",
                violation_error_message="You have a favourite of this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="favouriteitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("medicine", ""), _negated=True),
                name="favourite_item_medicine",
                violation_error_message="Name the medicine.",
            ),
        ),
        migrations.AddConstraint(
            model_name="favouriteitem",
            constraint=models.UniqueConstraint(
                fields=("favourite", "position"), name="favourite_item_position"
            ),
        ),
        *audited("records_favourite", "records_favouriteitem"),
    ]

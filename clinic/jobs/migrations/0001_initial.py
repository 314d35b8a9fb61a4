"""When jobs were last done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                (
                    "name",
                    models.CharField(max_length=60, primary_key=True, serialize=False, verbose_name="job"),
                ),
                ("started_at", models.DateTimeField(verbose_name="last begun")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="last ended")),
                ("succeeded_at", models.DateTimeField(blank=True, null=True, verbose_name="last success")),
                ("error", models.TextField(blank=True, verbose_name="problem")),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True),
                            ("finished_at__gte", models.F("started_at")),
                            _connector="OR",
                        ),
                        name="job_run_ends_after_it_began",
                    )
                ],
            },
        ),
    ]

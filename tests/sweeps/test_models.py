"""What holds for every model, found by walking them."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from clinic.models import Stateful
from tests.databases import rows

TENANT_LABELS = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
TENANT_MODELS = [model for model in apps.get_models() if model._meta.app_label in TENANT_LABELS]
# Technical rows that are no facts of the clinic: who is signed in, which form came, what was sent and told,
# when a job was last done.
NOT_AUDITED = {
    "sessions.Session",
    "idempotency.SentForm",
    "notifications.OutboxMessage",
    "inbox.Notification",
    "jobs.JobRun",
    "audit.AuditEvent",
    # Secrets, which no trail copies; when they were entered is a fact of their provider.
    "online.ProviderSecret",
}
STATEFUL = [model for model in apps.get_models() if issubclass(model, Stateful)]


def label(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.django_db
@pytest.mark.parametrize("model", [m for m in TENANT_MODELS if label(m) not in NOT_AUDITED], ids=label)
def test_every_change_of_every_tenant_table_is_audited(model: type[models.Model]) -> None:
    found = rows(
        "SELECT tgtype FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE tgrelid = %s::regclass AND proname = 'audit_record' AND tgenabled = 'O'",
        model._meta.db_table,
    )
    insert, delete, update = 4, 8, 16
    assert [kind[0] & (insert | delete | update) for kind in found] == [insert | delete | update]


@pytest.mark.django_db
@pytest.mark.parametrize("model", STATEFUL, ids=label)
def test_the_database_knows_the_same_transitions_as_the_table(model: type[Stateful]) -> None:
    table = model._meta.db_table
    (source,) = rows("SELECT prosrc FROM pg_proc WHERE oid = %s::regproc", f"{table}_transitions")[0]
    stored = sorted(tuple(pair.split(">")) for pair in re.findall(r"'([a-z_]+>[a-z_]+)'", source))
    assert stored == sorted((str(old), str(new)) for old, new in model.TRANSITIONS.pairs())


@pytest.mark.parametrize("model", STATEFUL, ids=label)
def test_every_transition_speaks_of_known_states(model: type[Stateful]) -> None:
    known = set(model._meta.get_field("status").choices and dict(model._meta.get_field("status").choices))
    for old, new in model.TRANSITIONS.pairs():
        assert {str(old), str(new)} <= known


@pytest.mark.parametrize("model", TENANT_MODELS, ids=label)
def test_tenant_rows_are_not_deleted_in_cascade(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            assert field.remote_field.on_delete in (models.PROTECT, models.RESTRICT), (
                f"{label(model)}.{field.name}"
            )


@pytest.mark.parametrize("model", TENANT_MODELS, ids=label)
def test_only_a_member_points_to_a_user(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if (
            isinstance(field, models.ForeignKey)
            and field.related_model._meta.label == settings.AUTH_USER_MODEL
        ):
            assert label(model) == "members.Member"


@pytest.mark.parametrize(
    "model", [m for m in apps.get_models() if m._meta.app_label not in TENANT_LABELS], ids=label
)
def test_nothing_in_public_points_into_a_clinic(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            assert field.related_model._meta.app_label not in TENANT_LABELS - {"sessions"}


@pytest.mark.parametrize("model", TENANT_MODELS, ids=label)
def test_tenant_tables_know_no_content_types(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            assert field.related_model._meta.app_label not in {"contenttypes", "auth", "admin"}


# A row of these says whose it is; what points at one of them beside a patient says the same.
OF_A_PATIENT = ("scheduling_appointment", "records_consultation", "records_prescription")


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANT_MODELS, ids=label)
def test_nothing_that_names_a_patient_crosses_to_another_patients_records(model: type[models.Model]) -> None:
    keys = [set(columns) for (columns,) in rows(COLUMNS_OF_KEYS, model._meta.db_table)]
    names = {field.name: field for field in model._meta.concrete_fields if field.is_relation}
    for field in names.values():
        if "patient" in names and field.related_model._meta.db_table in OF_A_PATIENT:
            pair = {field.column, names["patient"].column}
            assert any(pair <= key for key in keys), f"{field.name} may be another patient's"


COLUMNS_OF_KEYS = """
    SELECT (SELECT array_agg(attname::text) FROM pg_attribute
        WHERE attnum = ANY (conkey) AND attrelid = conrelid)
    FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass
"""


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANT_MODELS, ids=label)
def test_every_foreign_key_has_an_index(model: type[models.Model]) -> None:
    leading = {
        columns[0]
        for (columns,) in rows(
            "SELECT array_agg(a.attname ORDER BY k.ordinality) FROM pg_index i "
            "CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, ordinality) "
            "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum "
            "WHERE i.indrelid = %s::regclass GROUP BY i.indexrelid",
            model._meta.db_table,
        )
    }
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            assert field.column in leading, field.name

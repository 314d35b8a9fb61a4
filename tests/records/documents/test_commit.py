"""A commit that the database refuses at the very end takes the files back as well."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from pytest_django.plugin import DjangoDbBlocker

from clinic.db.current import connection
from records.documents.models import RecordFile
from tests.conftest import _organization
from tests.records.documents.factories import PDF, filed, sent


@transaction.atomic
def filed_and_crossed(folder: Path) -> None:
    """A record, and a file that crosses patients: the database asks that at the commit."""
    record, other = filed(uploads=[sent(PDF)]), filed().patient
    facts = {"name": "x", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64, "position": 2}
    RecordFile(record=record, patient=other, **facts).save(force_insert=True)
    assert len(list(folder.rglob("*.pdf"))) == 1


def test_a_commit_that_fails_leaves_no_file(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, own_folder: Path
) -> None:
    """Without the transaction that is around other tests; nothing is committed, so nothing is left."""
    with django_db_blocker.unblock():
        connection.set_tenant(_organization("acme"))
        with pytest.raises(IntegrityError, match="recordfile_record_patient"):
            filed_and_crossed(own_folder)
        connection.set_schema_to_public()
    assert not list(own_folder.rglob("*.pdf"))

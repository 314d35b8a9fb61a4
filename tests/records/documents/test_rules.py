"""What the database keeps of records, papers and files, whoever asks: raw SQL as the site's own role."""

from typing import Any

import pytest
from django.utils import timezone

from records.documents import services
from records.documents.models import PaperFile, RecordFile
from tests.people import StaffFactory
from tests.records.documents.factories import PDF, filed, handed_in, sent
from tests.records.factories import begun
from tests.records.test_for_ever import refused

pytestmark = pytest.mark.django_db
RECORD = "UPDATE documents_healthrecord SET {} WHERE id = %s"
PAPER = "UPDATE documents_paper SET {} WHERE id = %s"


def admin() -> Any:
    return StaffFactory(role="admin")


@pytest.mark.parametrize(
    "change",
    ["title = 'x'", "data = '[]'", "is_sensitive = true", "author_id = gen_random_uuid()"],
)
def test_a_record_never_changes(change: str) -> None:
    assert "never changes" in refused(RECORD.format(change), filed().pk)


def test_a_record_is_not_deleted() -> None:
    assert "never changes" in refused("DELETE FROM documents_healthrecord WHERE id = %s", filed().pk)


def test_a_withdrawn_record_stays_withdrawn_for_the_same_reason() -> None:
    record = services.withdraw_record(filed(), by=(doctor := begun().doctor.member), reason="Wrong patient")
    assert record.withdrawn_by == doctor
    refused(RECORD.format("status = 'current', withdrawn_at = null, withdrawn_by_id = null"), record.pk)
    assert "never changes" in refused(RECORD.format("withdraw_reason = 'x'"), record.pk)


def test_a_record_is_not_born_withdrawn() -> None:
    refused(
        "INSERT INTO documents_healthrecord SELECT (jsonb_populate_record(r, jsonb_build_object('id', "
        "gen_random_uuid(), 'status', 'entered_in_error', 'withdrawn_at', now(), 'withdraw_reason', 'x', "
        "'withdrawn_by_id', r.author_id))).* FROM documents_healthrecord r WHERE id = %s",
        filed().pk,
    )


def test_values_are_a_list() -> None:
    record = filed()
    assert "health_record_data" in refused(
        "INSERT INTO documents_healthrecord SELECT (jsonb_populate_record(r, jsonb_build_object('id', "
        "gen_random_uuid(), 'data', '{}'::jsonb))).* FROM documents_healthrecord r WHERE id = %s",
        record.pk,
    )


def test_a_crossed_pair_of_consultation_and_patient_cannot_be_stored() -> None:
    of_another = begun()
    assert "health_record_consultation_patient" in refused(
        "INSERT INTO documents_healthrecord SELECT (jsonb_populate_record(r, jsonb_build_object('id', "
        "gen_random_uuid(), 'consultation_id', %s::uuid))).* FROM documents_healthrecord r WHERE id = %s",
        of_another.pk,
        filed().pk,
    )


def test_a_file_of_a_record_never_changes_and_crosses_no_patients() -> None:
    file = filed(uploads=[sent(PDF)]).files.get()
    assert "never changes" in refused("UPDATE documents_recordfile SET name = 'x' WHERE id = %s", file.pk)
    assert "never changes" in refused("DELETE FROM documents_recordfile WHERE id = %s", file.pk)
    copy = (
        "INSERT INTO documents_recordfile SELECT (jsonb_populate_record(f, jsonb_build_object('id', "
        "gen_random_uuid(), {}))).* FROM documents_recordfile f WHERE id = %s"
    )
    other = begun().patient_id
    crossed = copy.format("'position', 2, 'patient_id', %s::uuid")
    assert "recordfile_record_patient" in refused(crossed, other, file.pk)
    assert "recordfile_type" in refused(copy.format("'position', 2, 'media_type', 'text/html'"), file.pk)
    assert "recordfile_size" in refused(copy.format("'position', 2, 'size', 99999999"), file.pk)
    assert "recordfile_named" in refused(copy.format("'position', 11"), file.pk)
    assert "recordfile_sha256" in refused(copy.format("'position', 2, 'sha256', ''"), file.pk)


def test_nothing_is_added_to_a_withdrawn_record() -> None:
    record = filed(uploads=[sent(PDF)])
    services.withdraw_record(record, by=record.author, reason="Twice")
    assert "withdrawn" in refused(
        "INSERT INTO documents_recordfile SELECT (jsonb_populate_record(f, jsonb_build_object('id', "
        "gen_random_uuid(), 'position', 2))).* FROM documents_recordfile f WHERE record_id = %s",
        record.pk,
    )
    assert RecordFile.objects.count() == 1


def test_a_paper_and_what_was_decided_on_it_never_change() -> None:
    paper = handed_in()
    assert "never changes" in refused(PAPER.format("title = 'x'"), paper.pk)
    assert "never changes" in refused(PAPER.format("expires_on = '2099-01-01'"), paper.pk)
    assert "never changes" in refused("DELETE FROM documents_paper WHERE id = %s", paper.pk)
    services.reject_paper(paper, by=admin(), reason="Not readable")
    refused(PAPER.format("status = 'verified'"), paper.pk)
    assert "never changes" in refused(PAPER.format("reason = 'x'"), paper.pk)
    assert "never changes" in refused(PAPER.format("decided_at = now()"), paper.pk)
    assert "decided" in refused(
        "INSERT INTO documents_paperfile SELECT (jsonb_populate_record(f, jsonb_build_object('id', "
        "gen_random_uuid(), 'position', 2))).* FROM documents_paperfile f WHERE paper_id = %s",
        paper.pk,
    )


def test_a_file_of_a_paper_never_changes() -> None:
    file = PaperFile.objects.get(paper=handed_in())
    assert "never changes" in refused("UPDATE documents_paperfile SET name = 'x' WHERE id = %s", file.pk)


def test_a_paper_is_decided_by_somebody_else_and_rejected_with_a_reason() -> None:
    paper = handed_in()
    decided = "status = '{}', decided_at = now(), decided_by_id = {}, reason = '{}'"
    own = PAPER.format(decided.format("verified", "member_id", ""))
    assert "paper_decided_by_another" in refused(own, paper.pk)
    silent = PAPER.format(decided.format("rejected", "null", ""))
    assert "paper_reason" in refused(silent, paper.pk)
    half = PAPER.format("decided_at = now()")
    assert "paper_decided" in refused(half, paper.pk)


def test_being_reminded_changes_no_paper() -> None:
    """The one fact that comes later, so that the refusals above are not because nothing may be written."""
    paper = handed_in()
    assert type(paper).objects.filter(pk=paper.pk).update(reminded_on=timezone.localdate()) == 1

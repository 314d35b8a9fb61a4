"""The pages of records and papers."""

from records.documents.views.papers import (
    add_paper,
    paper,
    paper_file,
    paper_list,
    reject_paper,
    verify_paper,
)
from records.documents.views.records import (
    add_record,
    portal_records,
    record,
    record_file,
    record_list,
    record_row,
    withdraw_record,
)

__all__ = [
    "add_paper",
    "add_record",
    "paper",
    "paper_file",
    "paper_list",
    "portal_records",
    "record",
    "record_file",
    "record_list",
    "record_row",
    "reject_paper",
    "verify_paper",
    "withdraw_record",
]

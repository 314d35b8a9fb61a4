"""What is done with records and papers."""

from records.documents.services.papers import (
    add_paper,
    reject_paper,
    remind_of_papers,
    verify_paper,
)
from records.documents.services.records import add_record, withdraw_record

__all__ = [
    "add_paper",
    "add_record",
    "reject_paper",
    "remind_of_papers",
    "verify_paper",
    "withdraw_record",
]

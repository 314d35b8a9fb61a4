"""What is typed and chosen for records and papers."""

from records.documents.forms.papers import PaperForm
from records.documents.forms.records import FIRST_ROWS, RecordForm, blank_row

__all__ = ["FIRST_ROWS", "PaperForm", "RecordForm", "blank_row"]

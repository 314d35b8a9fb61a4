"""What is filed: health records of patients, papers of the people who work here, and the files of both."""

from records.documents.models.file import LARGEST_STORED, PaperFile, RecordFile, StoredFile
from records.documents.models.paper import Paper
from records.documents.models.record import HealthRecord

__all__ = ["LARGEST_STORED", "HealthRecord", "Paper", "PaperFile", "RecordFile", "StoredFile"]

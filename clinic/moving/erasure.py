"""What becomes of the key that a person who is erased had in the system they came from."""

from clinic.erasure.table import IDENTITY, declare
from clinic.moving.models import ImportedRecord

declare(ImportedRecord, "record_id", delete=IDENTITY)

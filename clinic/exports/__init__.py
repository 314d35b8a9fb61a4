"""Everything out: of one patient, and of the whole clinic."""

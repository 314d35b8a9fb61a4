"""Working hours, free times and appointments of one clinic."""

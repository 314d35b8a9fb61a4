"""People without an appointment: departments, numbers, calls."""

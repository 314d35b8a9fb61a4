"""What was done elsewhere, or before: told by others, never shown as ours."""

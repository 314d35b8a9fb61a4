"""What was measured: vital signs, growth."""

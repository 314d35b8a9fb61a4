"""What a clinic knows of medicines, and whether they go together."""

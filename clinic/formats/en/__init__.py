"""English of a clinic, wherever it stands."""

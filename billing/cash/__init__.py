"""The cash desks: who sits there, what comes in, and what is counted in the evening."""

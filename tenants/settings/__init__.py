"""What a clinic's administrators set for the whole clinic, and one page that leads to all of it."""

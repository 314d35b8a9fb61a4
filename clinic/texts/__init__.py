"""What the clinic's letters and text messages say in its own words, in place of ours."""

"""Moving in: what is brought from elsewhere, as tables or otherwise, and how it is taken back."""

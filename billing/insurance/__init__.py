"""Who pays for patients, and how much of it: payers, and what each patient's policy covers."""

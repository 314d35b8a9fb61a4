"""The words of medicine, the same for every clinic: diagnoses (ICD-10), ingredients, interactions."""

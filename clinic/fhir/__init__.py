"""FHIR R4, both ways: what other systems give out is brought in, what we hold is given out."""

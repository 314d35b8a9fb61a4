"""The clinics of this installation: their schemas, addresses and life cycle."""

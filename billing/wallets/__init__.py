"""Patients' money that lies with the clinic."""

"""Consultations and prescriptions of one clinic."""

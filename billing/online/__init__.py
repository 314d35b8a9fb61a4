"""Invoices paid over the internet, by whichever provider the clinic has chosen."""

"""The notes and coins that are counted, by currency.

Sources: Central Bank of Nigeria (cbn.gov.ng, currency); European Central Bank (ecb.europa.eu, euro banknotes
and coins); Reserve Bank of India (rbi.org.in, know your banknotes; coins); Sveriges Riksbank (riksbank.se,
notes and coins); Bank of Japan and Japan Mint (boj.or.jp, currently issued banknotes); Central Bank of Kuwait
(cbk.gov.kw, sixth issue). A note and a coin of the same value are counted together. Of any other currency
only the whole sum is counted.
"""

from decimal import Decimal

PIECES = {
    "NGN": "1000 500 200 100 50 20 10 5 2 1 0.50",
    "EUR": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "INR": "500 200 100 50 20 10 5 2 1",
    "SEK": "1000 500 200 100 50 20 10 5 2 1",
    "JPY": "10000 5000 2000 1000 500 100 50 10 5 1",
    "KWD": "20 10 5 1 0.500 0.250 0.100 0.050 0.020 0.010 0.005",
}


def pieces_of(currency: str) -> list[Decimal]:
    """The values of the currency's notes and coins, the largest first; none where we do not know them."""
    return [Decimal(value) for value in PIECES.get(currency, "").split()]

"""Currencies of ISO 4217: their codes, how many decimals they have, and how people write them.

Source: ISO 4217:2015, list one (current currencies), as maintained by SIX; read in November 2026.
Funds, precious metals and codes for tests are left out. What does not belong here: rates.
"""

from __future__ import annotations

CODES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
    CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD
    KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO
    NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE
    SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND
    VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905 - a list of single words
)
WITHOUT_DECIMALS = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
"""An amount of these has no part behind the point."""

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CZK": "Kč", "PLN": "zł", "UAH": "₴", "JPY": "¥"}
"""What people write instead of the code, where nothing better is known in a language."""
BEFORE_THE_AMOUNT = frozenset({"€", "$", "£", "¥"})
"""In English; in our other languages every symbol follows."""

IN_LANGUAGE = {
    ("uk", "UAH"): "грн",
    ("fa", "IRR"): "ریال",
    ("fa", "EUR"): "یورو",
    ("fa", "USD"): "دلار",
    ("fa", "GBP"): "پوند",
    ("fa", "CZK"): "کرون",
}
"""Where a language has a word of its own for it."""


def symbol_of(currency: str, language: str) -> str:
    """Give how a currency is written in a language; its code where nothing else is known."""
    return IN_LANGUAGE.get((language, currency)) or SYMBOLS.get(currency, currency)

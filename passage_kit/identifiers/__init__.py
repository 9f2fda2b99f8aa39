"""Emails and phones in one normal form, and the countries that phones belong to.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "email_columns",
    "emails",
    "identifiers",
    "phones",
    "regions",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.identifiers.identifiers")

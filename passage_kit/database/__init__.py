"""Addresses of databases, and messages of their drivers without secrets.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "connections",
    "urls",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.database.urls")

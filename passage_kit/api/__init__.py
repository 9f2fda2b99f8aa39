"""The client of the Management API.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "answers",
    "bodies",
    "client",
    "credentials",
    "loop_thread",
    "operations",
    "pacing",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.api.client")

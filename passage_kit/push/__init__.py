"""Users pushed into Passage, verified there, and taken back.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "push",
    "rehearsal",
    "undo",
    "verify",
]

__getattr__ = moved(__name__, "passage_kit.push.push")

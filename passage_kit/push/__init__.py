"""The push of users into Passage, its verification and its undoing.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "push",
    "push_result",
    "rehearsal",
    "undo",
    "undo_result",
    "verify",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.push.push")

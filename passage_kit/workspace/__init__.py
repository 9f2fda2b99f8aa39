"""Workspace: the folder of one migration with its plan, corrections and files.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "change_words",
    "changes",
    "corrections",
    "fixed_rows",
    "fixes",
    "former_list",
    "frame_hash",
    "history",
    "loaded_fixes",
    "lock",
    "manifest",
    "options",
    "people_in_parts",
    "plan",
    "session",
    "stages",
    "taken_fixes",
    "unread_plan",
    "workspace",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.workspace.workspace")

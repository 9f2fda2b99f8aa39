"""The cut-over: each step with its evidence and its time, read from the workspace and the systems.

Other packages may use the modules named here.
"""

__all__ = [
    "evidence",
    "status",
]

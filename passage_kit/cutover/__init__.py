"""The steps of the guide, and the cut-over: each step with its evidence, read from the workspace and the systems.

Other packages may use the modules named here.
"""

__all__ = [
    "evidence",
    "guide_steps",
    "status",
]

"""Accounting of a preparation: findings on values, the catalogue of their codes, the ledger of rows, and the funnel.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "catalogue",
    "findings",
    "funnel",
    "ledger",
    "notices",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.findings.findings", "passage_kit.findings.ledger")

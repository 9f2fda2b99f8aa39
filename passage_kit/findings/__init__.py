"""What happened to a value (findings, and the catalogue of their codes), to a row (the ledger), to a list (the funnel).

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "catalogue",
    "findings",
    "funnel",
    "ledger",
]

__getattr__ = moved(__name__, "passage_kit.findings.findings", "passage_kit.findings.ledger")

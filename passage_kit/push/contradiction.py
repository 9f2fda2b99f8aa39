"""The error for a service that confuses users with each other."""

from __future__ import annotations

from passage_kit.errors import ContradictionError
from passage_kit.translations import in_panel


def contradiction() -> ContradictionError:
    """Make the error for answers that contradict each other about whose an id is."""
    return ContradictionError(
        in_panel(
            "The service's answers contradict each other: an answer has the identifiers of somebody "
            "else, or several users "
            "have the same id. Nothing more was sent. Those users are unknown (id_contradicted), have no id, and undo "
            "spares them. Look them up in the Passage Console and ask the service's support, then run the same command "
            "again: it looks them up before it sends anything.",
            "The answers of the service contradict each other about whose an id is. Nothing more "
            "was sent. These users have no id, and an undo spares them. Look them up in the "
            "Passage Console and ask the support of the service, then try again.",
        )
    )

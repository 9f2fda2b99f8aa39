"""What became of an undoing, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from passage_kit.translations import gettext, ngettext, number


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult:
    """The result of an undoing; after a dry run, the expected result.

    Parameters
    ----------
    host, app_id : str
        Address and app that the users were deleted from.
    dry_run : bool
        True if nothing was deleted.
    created : int
        Users whom the push created, without those who were undone before.
    adopted : int
        Users of whom it cannot be told whether the push made them.
    deleted : int
        Users deleted from Passage.
    signed_in : int
        Users who have signed in since the push.
    spared : int
        Users left in Passage: adopted, signed in, or with other identifiers now.
    changed : int
        Users among ``spared`` who have other identifiers now.
    failed : int
        Users whom the service did not delete: it refused, or they are still there.
    gone : int
        Users who were no longer in Passage.
    """

    host: str
    app_id: str
    dry_run: bool
    created: int
    adopted: int
    deleted: int
    signed_in: int
    spared: int
    changed: int
    failed: int
    gone: int

    @property
    def complete(self) -> bool:
        """True if nobody is left whom the undoing should delete; whoever it spares by its rules does not count."""
        return not self.changed and not self.failed

    def summary(self) -> dict[str, Any]:
        """Convert the result to plain values."""
        return {**{field.name: getattr(self, field.name) for field in fields(self)}, "complete": self.complete}

    def to_text(self) -> str:
        """Write it for a person."""
        lines = [self._counted()]
        if self.signed_in:
            lines.append(
                ngettext(
                    "{count} of them has signed in since.", "{count} of them have signed in since.", self.signed_in
                )
            )
        if self.adopted and self.spared:
            lines.append(
                gettext(
                    "Adopted users were found with the prepared identifiers, and nothing shows whether the push or "
                    "somebody else made them. They are spared unless you give include_adopted=True "
                    "(--include-adopted)."
                )
            )
        if not self.complete:
            lines.append(
                gettext(
                    "{count} of them are still in Passage, since they have other identifiers now or the service did "
                    "not delete them. Look them up in the Passage Console, then run the same command again.",
                    count=number(self.changed + self.failed),
                )
            )
        return "\n".join(lines)

    def _counted(self) -> str:
        """Say what became of whom the push created."""
        said = {
            "deleted": (gettext("{count} would be deleted"), gettext("{count} deleted")),
            "spared": (gettext("{count} would be spared"), gettext("{count} spared")),
        }
        parts = [
            (said[name][0] if self.dry_run else said[name][1]).format(count=number(getattr(self, name)))
            for name in said
            if name == "deleted" or getattr(self, name)
        ]
        if self.failed:
            parts.append(gettext("{count} not deleted by the service", count=number(self.failed)))
        if self.gone:
            parts.append(gettext("{count} were gone already", count=number(self.gone)))
        where = {"app": self.app_id, "host": self.host, "parts": ", ".join(parts), "users": number(self.created)}
        if self.adopted:
            adopted = number(self.adopted)
            return gettext(
                "{users} users that the push created and {adopted} that it adopted in the app {app} at {host}: "
                "{parts}.",
                adopted=adopted,
                **where,
            )
        return gettext("{users} users that the push created in the app {app} at {host}: {parts}.", **where)

    def __repr__(self) -> str:
        return self.to_text()

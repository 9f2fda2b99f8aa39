"""A field of a panel for a secret: it is never shown again, and no widget has it in its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from passage_kit.translations import gettext
from passage_kit.widgets.page_messages import is_words
from passage_kit.widgets.unsaved import Unsaved, script, style


class SecretField(Unsaved):
    """A field that takes a secret from the page and gives it to the panel alone.

    Parameters
    ----------
    label : str
        Words before the field.
    hint : str
        What stands behind the field as long as nothing was typed.
    on_given : callable
        Called after a secret was typed.

    Examples
    --------
    >>> field = SecretField("API key", "none yet", lambda: None)
    >>> field.hear({"secret": "k1"})
    >>> field.secret, field.shown["state"], "k1" in repr(field)
    ('k1', 'Given. It is not shown or saved.', False)
    """

    _esm = script("secret")
    _css = style("secret")
    label = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, hint: str, on_given: Callable[[], None]) -> None:
        super().__init__(label=label)
        self._secret: str | None = None
        self._on_given = on_given
        self.show(state=hint)

    @property
    def secret(self) -> str | None:
        """The secret that was typed last; None if there is none."""
        return self._secret

    def _heard(self, content: Any) -> None:
        given = content.get("secret") if isinstance(content, dict) else None
        if isinstance(given, str) and is_words(given) and given.strip():
            self._secret = given.strip()
            self.show(state=gettext("Given. It is not shown or saved."))
            self._on_given()

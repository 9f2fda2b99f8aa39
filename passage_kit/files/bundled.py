"""Paths of the notebooks and the sample data: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def bundled(name: str) -> Path:
    """Find a file or folder that comes with the kit.

    Parameters
    ----------
    name : str
        Name such as ``"notebooks"`` or ``"sample_data/legacy_users.csv"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If the kit has no file or folder of that name.

    Examples
    --------
    >>> bundled("sample_data/metadata_fields.toml").name
    'metadata_fields.toml'
    """
    for folder in (_PACKAGE / "_files", _PACKAGE.parent):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"passage_kit has no bundled file {name!r}")

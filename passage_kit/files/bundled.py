"""Where the notebooks and the sample data are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def bundled(name: str) -> Path:
    """Path of a file or folder that comes with the kit.

    Parameters
    ----------
    name : str
        Such as ``"notebooks"`` or ``"sample_data/legacy_users.csv"``.

    Raises
    ------
    FileNotFoundError
        If there is none of that name.

    Examples
    --------
    >>> bundled("sample_data/metadata_fields.toml").name
    'metadata_fields.toml'
    """
    for folder in (_PACKAGE / "_files", _PACKAGE.parent):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"passage_kit has no bundled file {name!r}")

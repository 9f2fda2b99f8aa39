"""Files of the sample that comes with the kit, and whether a list is that of the sample."""

from __future__ import annotations

from pathlib import Path

from passage_kit.files.bundled import bundled

SAMPLE_LIST = "legacy_users.csv"


def sample_file(name: str) -> str:
    """Find a file of the sample: the copy beside the notebook, else the one in the package."""
    beside = Path("sample_data") / name
    return beside.as_posix() if beside.exists() else str(bundled(f"sample_data/{name}"))


def is_sample(source: str) -> bool:
    """Tell whether a list is that of the sample.

    Examples
    --------
    >>> is_sample(sample_file(SAMPLE_LIST)), is_sample("customers.csv")
    (True, False)
    """
    return same_source(source, sample_file(SAMPLE_LIST)) or same_source(
        source, str(bundled(f"sample_data/{SAMPLE_LIST}"))
    )


def is_copy_of_sample(source: str) -> bool:
    """Tell whether a list is that of the sample in this folder, or where the folder was before it was moved or copied.

    Examples
    --------
    >>> is_copy_of_sample("/somewhere/sample_data/legacy_users.csv"), is_copy_of_sample("customers.csv")
    (True, False)
    """
    return is_sample(source) or Path(source).parts[-2:] == ("sample_data", SAMPLE_LIST)


def same_source(one: str | None, other: str) -> bool:
    """Tell whether two sources are one file, or one address."""
    if one is None or "://" in one + other:
        return one == other
    try:
        return Path(one).resolve() == Path(other).resolve()
    except (OSError, ValueError):  # no file can have such a path
        return one == other

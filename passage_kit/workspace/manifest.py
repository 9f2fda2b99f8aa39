"""The manifest of a run: the files that belong together, written last.

A run that was killed while its files appeared leaves no manifest, so nobody takes new files for the former ones.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from passage_kit import __version__
from passage_kit.errors import PlanError
from passage_kit.files.file_set import FileSet
from passage_kit.files.reasons import reason_of
from passage_kit.translations import in_panel, worded

MANIFEST, APPLIED_PLAN = "manifest.json", "stages/plan.toml"
_AGAIN = "Run the notebook 03_validate_and_export or `passage-kit prepare` again."


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a run: its size in bytes, and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Entry:
        """Measure a file."""
        with path.open("rb") as file:
            return cls(os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of the last complete run, by their paths within the workspace.

    Parameters
    ----------
    files : mapping of str to Entry
        Paths with forward slashes, such as ``out/ledger.csv``.
    passage_kit : str
        Version of the kit that wrote them.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "users.parquet").write_bytes(b"users")
    >>> manifest = Manifest({"users.parquet": Entry.of(folder / "users.parquet")})
    >>> Manifest.from_json(manifest.to_json()) == manifest
    True
    """

    files: Mapping[str, Entry]
    passage_kit: str = __version__

    def to_json(self) -> str:
        """Write it as JSON."""
        files = {path: {"size": entry.size, "sha256": entry.sha256} for path, entry in sorted(self.files.items())}
        return json.dumps({"passage_kit": self.passage_kit, "files": files}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read a manifest from its JSON.

        Raises
        ------
        ValueError
            If the text is no manifest.
        """
        try:
            kept = json.loads(text)
            files = {str(path): Entry(int(it["size"]), str(it["sha256"])) for path, it in kept["files"].items()}
            return cls(files, str(kept["passage_kit"]))
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("it is not a manifest") from error

    def applied_plan(self) -> str | None:
        """Give the hash of the plan that the users were prepared with; None if the run kept none."""
        entry = self.files.get(APPLIED_PLAN)
        return entry.sha256 if entry else None


def manifest_path(folder: Path) -> Path:
    """Give the path of ``stages/manifest.json``."""
    return folder / "stages" / MANIFEST


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, as the last file of a run.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with FileSet() as files:
        files.new(manifest_path(folder)).write_text(manifest.to_json(), encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the last complete run.

    Raises
    ------
    PlanError
        If there is none, since the last run did not finish, or it cannot be read.
    """
    path = manifest_path(folder)
    try:
        return Manifest.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlanError(
            in_panel(
                f"The last run in {folder} did not finish, or an older version of the kit made it: there is no {path}, "
                f"which a run writes last. {_AGAIN}",
                "The last run in {folder} did not finish, or an older version of the kit made it. Run "
                "the notebook 03_validate_and_export again.",
                folder=folder,
            )
        ) from None
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else worded("it is damaged")
        raise PlanError(
            in_panel(
                f"{path} cannot be read: {reason}. {_AGAIN}",
                "{path} cannot be read: {reason}. Run the notebook 03_validate_and_export again.",
                path=path,
                reason=reason,
            )
        ) from error


def unfinished(folder: Path) -> bool:
    """Tell whether the last run ended before all its files were there; its plan is the first of them."""
    return (folder / APPLIED_PLAN).exists() and not manifest_path(folder).exists()


def check_stage(folder: Path, path: Path) -> None:
    """Check that a stage is of the last complete run; a frame that somebody saved without a run belongs to none.

    Raises
    ------
    PlanError
        As :func:`check_file`.
    """
    there = manifest_path(folder).exists()
    if unfinished(folder) or (there and path.relative_to(folder).as_posix() in read_manifest(folder).files):
        check_file(folder, path, sha256=Entry.of(path).sha256)


def check_plan(folder: Path, text: str) -> None:
    """Check that the last run was made with a plan.

    Parameters
    ----------
    folder : pathlib.Path
        The workspace.
    text : str
        The plan, as it is written.

    Raises
    ------
    PlanError
        If the users were prepared with another plan, or the last run did not finish.
    """
    applied = read_manifest(folder).applied_plan()
    if applied not in (None, hashlib.sha256(text.encode()).hexdigest()):
        raise PlanError(
            in_panel(
                f"The plan in {folder} has changed since its users were prepared, so they were "
                "prepared with another plan. "
                f"{_AGAIN}",
                "The plan in {folder} has changed since its users were prepared. Run the notebook "
                "03_validate_and_export again.",
                folder=folder,
            )
        )


def check_file(folder: Path, path: Path, *, sha256: str | None = None) -> None:
    """Check that a file is the one of the last complete run.

    Parameters
    ----------
    folder : pathlib.Path
        The workspace.
    path : pathlib.Path
        The file, within the workspace.
    sha256 : str, optional
        Its hash, if it is known. Default: None, so the size alone is compared.

    Raises
    ------
    PlanError
        If the last run did not finish, or the file was exchanged since.
    """
    entry = read_manifest(folder).files.get(path.relative_to(folder).as_posix())
    there = path.is_file()
    if entry is None or not there or path.stat().st_size != entry.size or sha256 not in (None, entry.sha256):
        what = "is missing" if not there else "is not the one that the last run wrote"
        raise PlanError(
            in_panel(
                f"The file {path} {what}, so it does not belong to the other files there. {_AGAIN}",
                "The file {path} does not belong to the other files there. Run the notebook "
                "03_validate_and_export again.",
                path=path,
            )
        )

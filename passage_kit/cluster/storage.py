"""The storage that all machines of a run share: a folder, or an address that fsspec opens (``s3://bucket/migration``).

Whatever passes from one step to the next is a file here, written whole or not at all. So a call may be made again on
another machine, with the same result.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from passage_kit.columns.users_frame import SOURCE_ROW, frame_of
from passage_kit.errors import MissingExtraError, OutputError
from passage_kit.files.file_set import FILE_MODE, FileSet, make_folder
from passage_kit.findings.findings import COLUMNS
from passage_kit.workspace.manifest import Entry

WORK = "stages/work"  # what passes between the steps; removed at the end
_FETCHED = 1 << 18  # bytes that are fetched together of a file of which little is read
_SMALL = 1 << 24  # bytes of a file that is made in memory
_FINDINGS = pa.schema([(name, pa.int64() if name in (SOURCE_ROW, "other_row") else pa.string()) for name in COLUMNS])


@dataclass(frozen=True, slots=True)
class Storage:
    """Files below a root.

    Parameters
    ----------
    root : str
        Path of a folder, or address.
    run : str, optional
        Folder of a run among the files that pass between the steps. Default: none of its own.

    Examples
    --------
    >>> import tempfile
    >>> storage = Storage(tempfile.mkdtemp())
    >>> storage.write_table("raw/1", pa.table({"email": ["ann@example.org"]}))
    >>> storage.read_table("raw/1").to_pydict()
    {'email': ['ann@example.org']}
    """

    root: str
    run: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is a folder that this machine sees as one."""
        return "://" not in self.root

    def path(self, name: str) -> str:
        """Give the path or address of a file."""
        if self.run and name.startswith(f"{WORK}/"):
            name = f"{WORK}/{self.run}{name.removeprefix(WORK)}"
        return f"{self.root.rstrip('/')}/{name}"

    def write(self, name: str, data: bytes) -> Entry:
        """Write a file, readable by its owner only where the storage knows of owners."""
        if self.is_local and name.startswith(WORK):
            with _between_steps(Path(self.path(name))) as file:
                file.write(data)
        elif self.is_local:
            with FileSet() as files:
                files.new(self.path(name)).write_bytes(data)
        else:
            with _finding_room(self, name):
                system, path = opened(self.path(name))
                system.pipe_file(path, data)
        return Entry(len(data), hashlib.sha256(data).hexdigest())

    def write_joined(self, name: str, pieces: Iterable[bytes]) -> Entry:
        """Write a file of the outputs piece by piece, so that memory holds one of them."""
        if self.is_local:
            with FileSet() as files:
                path = files.new(self.path(name))
                with path.open("wb") as file:
                    return _copied(pieces, file)
        with tempfile.TemporaryFile(prefix="passage-kit-") as file:  # a file that is cut short would be uploaded, too
            entry = _copied(pieces, file)
            file.seek(0)
            with _finding_room(self, name):
                system, address = opened(self.path(name))
                with system.open(address, "wb") as target:
                    shutil.copyfileobj(file, target, 1 << 24)
            return entry

    def write_by(self, name: str, write: Callable[[Path], object]) -> Entry:
        """Write a file of the outputs by a function that takes a path on this machine."""
        if self.is_local:
            with FileSet() as files:
                temporary = files.new(self.path(name))
                write(temporary)
                return Entry.of(temporary)
        with tempfile.TemporaryDirectory(prefix="passage-kit-") as folder:
            made = Path(folder, "made")
            try:
                write(made)
            except OSError as error:
                raise OutputError(
                    f"{self.path(name)} is made in {folder} before it is uploaded, and cannot be: "
                    f"{error.strerror or error}. Set TMPDIR of the workers to a folder with more room."
                ) from error
            with _finding_room(self, name):
                system, address = opened(self.path(name))
                system.put_file(str(made), address)
            return Entry.of(made)

    def read(self, name: str) -> bytes:
        """Read a file."""
        if self.is_local:
            return Path(self.path(name)).read_bytes()
        system, path = opened(self.path(name))
        data: bytes = system.cat_file(path)
        return data

    def write_table(self, name: str, *tables: pa.Table) -> None:
        """Write a table, or several of one schema that are read one by one."""
        if self.is_local:
            with _between_steps(Path(self.path(name))) as file:  # piece by piece: memory holds none of it twice
                _write_tables(tables, file)
            return
        with tempfile.SpooledTemporaryFile(_SMALL, prefix="passage-kit-") as file:  # what fails is not uploaded in part
            _write_tables(tables, file)
            file.seek(0)
            with _finding_room(self, name):
                system, address = opened(self.path(name))
                with system.open(address, "wb") as target:
                    shutil.copyfileobj(file, target, _SMALL)

    def read_table(self, name: str, piece: int | None = None) -> pa.Table:
        """Read a table, or one of several that were written together."""
        if piece is None:
            return pa.ipc.open_file(self._source(name)).read_all()
        with self._ranges(name) as source:
            return pa.Table.from_batches([pa.ipc.open_file(source).get_batch(piece)])

    def write_frame(self, name: str, *frames: pd.DataFrame) -> None:
        """Write a users frame, or several with the same columns; the index is the first column."""
        self.write_table(name, *map(table_of, frames))

    def read_frame(self, name: str, piece: int | None = None) -> pd.DataFrame:
        """Read a users frame, or one of several that were written together."""
        return users_of(self.read_table(name, piece))

    def write_findings(self, name: str, *frames: pd.DataFrame) -> None:
        """Write a findings frame, or several."""
        self.write_table(name, *map(findings_table, frames))

    def read_findings(self, name: str, piece: int | None = None) -> pd.DataFrame:
        """Read a findings frame, or one of several that were written together."""
        return self.read_table(name, piece).to_pandas(types_mapper=pd.ArrowDtype)

    def write_parquet(self, name: str, table: pa.Table) -> Entry:
        """Write a part of a data set."""
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
        return self.write(name, sink.getvalue().to_pybytes())

    def remove(self, name: str) -> None:
        """Remove a folder with all that is in it, or a file; what is not there stays away."""
        if self.is_local:
            path = Path(self.path(name))
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            return
        system, address = opened(self.path(name))
        if system.exists(address):
            system.rm(address, recursive=True)

    def names(self, folder: str) -> list[str]:
        """List what is in a folder, without files that are being written; nothing if there is none."""
        if self.is_local:
            path = Path(self.path(folder))
            found = [entry.name for entry in path.iterdir()] if path.is_dir() else []
        else:
            system, address = opened(self.path(folder))
            system.invalidate_cache()  # another process may have written
            there = system.ls(address, detail=False) if system.isdir(address) else []
            found = [str(name).rstrip("/").rpartition("/")[2] for name in there]
        return sorted(name for name in found if not name.startswith("."))

    def size(self, name: str) -> int | None:
        """Give the size of a file in bytes; None if it is not there."""
        if self.is_local:
            path = Path(self.path(name))
            return path.stat().st_size if path.is_file() else None
        system, address = opened(self.path(name))
        return int(system.size(address)) if system.exists(address) else None

    @contextmanager
    def _ranges(self, name: str) -> Iterator[Any]:
        """Open a file of which little is read: of an address, no more than that is fetched."""
        if self.is_local:
            yield pa.memory_map(self.path(name))
            return
        system, address = opened(self.path(name))
        with system.open(address, "rb", block_size=_FETCHED) as file:
            yield pa.PythonFile(file, mode="r")

    def _source(self, name: str) -> Any:
        if self.is_local:
            return pa.memory_map(self.path(name))
        return pa.BufferReader(self.read(name))


def _copied(pieces: Iterable[bytes], file: Any) -> Entry:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    return Entry(size, digest.hexdigest())


@contextmanager
def _between_steps(path: Path) -> Iterator[IO[bytes]]:
    """Write a file that this run alone reads; it is on the disk before it appears, since the run may be resumed."""
    make_folder(path.parent)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}. Check rights and room.") from error


def _write_tables(tables: Sequence[pa.Table], sink: Any) -> None:
    with pa.ipc.new_file(sink, tables[0].schema) as file:
        for table in tables:
            whole = table.combine_chunks().to_batches()
            file.write_batch(whole[0] if whole else _no_rows(table.schema))


def opened(address: str) -> tuple[Any, str]:
    """Give the file system of an address, and the path in it.

    Raises
    ------
    MissingExtraError
        If fsspec, or what it needs for such addresses, is not installed.
    """
    try:
        import fsspec

        system, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        kind = address.partition("://")[0]
        raise MissingExtraError(
            f"Addresses of {kind}:// need a package that is not installed: {error}. Install passage-kit[cluster] and "
            "the package named, on the workers, too."
        ) from error
    return system, path


def table_of(frame: pd.DataFrame) -> pa.Table:
    """Make a table of a users frame, whose first column is the index."""
    columns = [frame[name].array.__arrow_array__() for name in frame]
    return pa.table([pa.array(frame.index.to_numpy()), *columns], names=[SOURCE_ROW, *map(str, frame)])


def users_of(table: pa.Table) -> pd.DataFrame:
    """Make the users frame of a table as :func:`table_of` gives it."""
    index = pd.Index(table.column(0).to_numpy(), dtype="int64", name=SOURCE_ROW)
    return frame_of(table.column_names[1:], table.columns[1:], index)


def findings_table(findings: pd.DataFrame) -> pa.Table:
    """Make a table of a findings frame."""
    return pa.Table.from_pandas(findings, schema=_FINDINGS, preserve_index=False).replace_schema_metadata(None)


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


@contextmanager
def _finding_room(storage: Storage, name: str) -> Iterator[None]:
    """Say which file of the storage could not be written."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{storage.path(name)} cannot be written: {error}. Check address and rights.") from error


def split_rows(frame: pd.DataFrame, starts: Sequence[int]) -> list[pd.DataFrame]:
    """Split a users frame in the order of its rows by partitions, of which each begins after a row."""
    at = frame.index.searchsorted([start + 1 for start in starts])
    ends = [*at[1:], len(frame)]
    return [frame.iloc[begin:end] for begin, end in zip(at, ends, strict=True)]

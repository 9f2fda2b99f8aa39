"""Databases by their URL, through SQLAlchemy, without passwords in messages.

URLs that begin with ``postgresql://`` or ``mysql://`` and name no driver use psycopg and PyMySQL, the drivers of the
extras ``postgresql`` and ``mysql``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

from passage_kit.columns.characters import is_unicode
from passage_kit.errors import DatabaseError, MissingExtraError, PassageKitError
from passage_kit.masking import mask
from passage_kit.translations import in_panel, worded

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

DATABASE_URL = "PASSAGE_DB_URL"

# By the name in the URL: SQLAlchemy's name of the database with the kit's driver.
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_EXTRAS = {"psycopg": "postgresql", "pymysql": "mysql"}
_FROM_ENVIRONMENT = "env:"
_PERSONAL = re.compile(r"[^\s'\"<>()=,;]+@[^\s'\"<>()=,;]+\.[^\s'\"<>()=,;]+|\+?\d{7,}")
_SECRET = re.compile("(?i)pass|pwd|secret|token|credential")
_TRUE = {"1", "on", "t", "true", "y", "yes"}  # as SQLAlchemy reads a switch
_SQLITE_OPTIONS = {"cached_statements", "check_same_thread", "detect_types", "isolation_level", "timeout"}
# Beginnings of addresses of files, on the web and in stores of files.
_STORES = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "hdfs"}
_ELSEWHERE = {"http", "https", "ftp", "ftps", "sftp", "smb"} | _STORES
_SHORT = 3  # a value in a URL's query of at most this length is a switch such as 1 or off
_NOT_READ = worded(
    "The database URL cannot be read, expected dialect://user:password@host/database. Percent-encode characters "
    "such as @ and / in the password."
)


def database_url(address: str | None, *, failure: type[PassageKitError] = DatabaseError) -> URL:
    """Read a database URL.

    Parameters
    ----------
    address : str or None
        A URL for SQLAlchemy. ``env:NAME`` reads the URL from the environment variable of that name, and None from
        ``PASSAGE_DB_URL``.
    failure : type, default DatabaseError
        Type of the error to raise.

    Returns
    -------
    sqlalchemy.URL
        The URL with the name of a driver.

    Raises
    ------
    PassageKitError
        The ``failure``, if there is no URL, if it cannot be read, or if it names an SQLite file that does not exist.

    Examples
    --------
    >>> database_url("postgresql://ann:secret@db.example.org/app").drivername
    'postgresql+psycopg'
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    address = _from_environment(address, failure)
    if not is_unicode(address):
        raise failure(_NOT_READ)
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # a port that is not a number raises ValueError, and may be part of a password
        raise failure(_NOT_READ) from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.get_backend_name() == "sqlite":
        if url.host or url.username or url.port:  # sqlite://app.db names a host; not repeated, since it may be a secret
            raise failure(worded("The address of SQLite names a host. A file has three slashes: sqlite:///app.db."))
        _check_file(url, failure)
    elif "@" in f"{url.host}{url.database}":  # the rest of a password that was not percent-encoded
        raise failure(_NOT_READ)
    return url


def refuse_file_elsewhere(address: str, *, failure: type[PassageKitError] = DatabaseError) -> None:
    """Refuse the address of a file on another machine or in a store of files, which is no database.

    Raises
    ------
    PassageKitError
        The ``failure``; its message has the beginning of the address alone, since the rest may hold a secret.

    Examples
    --------
    >>> refuse_file_elsewhere("sqlite:///app.db")
    >>> refuse_file_elsewhere("s3://exports/users.csv?token=secret")
    Traceback (most recent call last):
    ...
    passage_kit.errors.DatabaseError: s3:// is the address of a file elsewhere, which the kit does not fetch. Download
    the file, and give its path; or let the workers of a cluster read it where it is (`prepare --cluster local`, client=
    in Python).
    """
    scheme = address.partition("://")[0].lower()
    if scheme == "file":
        raise failure(worded("The kit takes a file by its path. Leave out {scheme}.", scheme="file://"))
    if scheme in _ELSEWHERE:
        workers = "; or let the workers of a cluster read it where it is (`prepare --cluster local`, client= in Python)"
        raise failure(
            in_panel(
                f"{scheme}:// is the address of a file elsewhere, which the kit does not fetch. Download the file, and "
                f"give its path{workers if scheme in _STORES else ''}.",
                "{scheme} is the address of a file elsewhere, which the kit does not fetch. Download the file, and "
                "give its path.",
                scheme=f"{scheme}://",
            )
        )


def sqlite_file(url: URL) -> Path | None:
    """Find the file that an address of SQLite names, also in the form of a URI; None for a database in memory.

    Examples
    --------
    >>> from sqlalchemy.engine import make_url
    >>> str(sqlite_file(make_url("sqlite:///file:app%20one.db?mode=ro&uri=true")))
    'app one.db'
    """
    name = url.database or ":memory:"
    if _is_uri(url) and name.startswith("file:"):
        if url.query.get("mode") == "memory":
            return None
        name = unquote(re.sub("^file:(//[^/]*)?", "", name))
    return None if name == ":memory:" else Path(name)


def shown(url: URL) -> str:
    """Write an address without its password and its query, which may hold a password, too.

    Examples
    --------
    >>> shown(database_url("mysql://ann:secret@db.example.org/app?ssl_key=secret"))
    'mysql+pymysql://ann:***@db.example.org/app'
    """
    return url.set(query={}).render_as_string(hide_password=True)


def without_secrets(address: str) -> str:
    """Write an address that is safe to store, with ``***`` for the password and for similar parts of the query.

    Raises
    ------
    DatabaseError
        If it is not an address.

    Examples
    --------
    >>> without_secrets("postgresql://ann:secret@db.example.org/app?sslmode=require&sslpassword=secret")
    'postgresql://ann:***@db.example.org/app?sslmode=require&sslpassword=***'
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # a port that is not a number raises ValueError, and may be part of a password
        raise DatabaseError(_NOT_READ) from None
    query = {key: "***" if _SECRET.search(key) else value for key, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True).replace(quote_plus("***"), "***")


def open_engine(url: URL, *, failure: type[PassageKitError] = DatabaseError) -> Engine:
    """Make an engine whose errors hold no values of rows.

    Raises
    ------
    PassageKitError
        The ``failure``, if SQLAlchemy does not know the database, or if the URL has a part that it cannot have.
    MissingExtraError
        If the database's driver is not installed.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        return create_engine(url, hide_parameters=True)
    except NoSuchModuleError:
        raise failure(
            worded(
                "{drivername} is not a database that SQLAlchemy knows. Check the URL, or export the "
                "users to a file and give its path.",
                drivername=repr(url.drivername),
            )
        ) from None
    except (ArgumentError, ValueError, TypeError) as error:
        raise failure(
            worded(
                "The options of the database URL cannot be used: {why}. Correct what follows the ? in it.",
                why=reason(error, url),
            )
        ) from None
    except ImportError as error:
        raise MissingExtraError(
            worded(
                "The driver of {database} is missing: pip install {package}.",
                database=url.get_backend_name(),
                package=_package(url, error),
            )
        ) from error


def reason(error: BaseException, url: URL) -> str:
    """Return the first line of a driver's message, without password, emails and long numbers."""
    said = (str(getattr(error, "orig", None) or error).strip().splitlines() or ["no reason given"])[0]
    for secret in _secrets(url):
        said = said.replace(secret, "***")
    return _PERSONAL.sub(lambda found: mask(found.group()), said).rstrip(".")


def _from_environment(address: str | None, failure: type[PassageKitError]) -> str:
    if address is not None and not address.startswith(_FROM_ENVIRONMENT):
        return address
    name = DATABASE_URL if address is None else address.removeprefix(_FROM_ENVIRONMENT)
    if not os.environ.get(name):
        raise failure(
            worded(
                "The environment variable {name} is not set, expected the URL of the database. "
                "Set it, or give the URL itself.",
                name=name,
            )
        )
    return os.environ[name]


def _is_uri(url: URL) -> bool:
    return str(url.query.get("uri", "")).lower() in _TRUE


def _check_file(url: URL, failure: type[PassageKitError]) -> None:
    file = sqlite_file(url)
    others = sorted(set(url.query) - _SQLITE_OPTIONS - {"uri"})
    if others and not _is_uri(url) and url.drivername in ("sqlite", "sqlite+pysqlite"):
        raise failure(
            worded(
                "The address has {options}, which SQLite reads only in the address of a URI. "
                "Write sqlite:///file:PATH?mode=ro&uri=true, for example.",
                options=", ".join(others),
            )
        )
    if file is not None and not os.path.isfile(file):
        missing = worded(
            "There is no database file {file}. Check the path; a relative one begins at {here}.",
            file=file,
            here=Path.cwd(),
        )
        is_uri = not _is_uri(url) and file.name and str(file).startswith("file:")
        raise failure(worded("{missing} Add uri=true to a URI.", missing=missing) if is_uri else missing)


def _package(url: URL, error: ImportError) -> str:
    extra = _EXTRAS.get(url.get_driver_name())
    return f'"passage-kit[{extra}]"' if extra else error.name or "sqlalchemy"


def _secrets(url: URL) -> list[str]:
    """List the password and the query's values, plain and encoded, the longest first."""
    values = [str(url.password)] if url.password else []
    for value in url.query.values():
        values += [value] if isinstance(value, str) else value
    written = {form for value in values for form in (value, quote(value, safe=""), quote_plus(value))}
    return sorted((form for form in written if len(form) > _SHORT or form == url.password), key=len, reverse=True)

"""Connections to databases, with errors that say what is wrong with the address, the server or its certificate."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passage_kit.database.urls import reason, shown
from passage_kit.errors import DatabaseError, PassageKitError
from passage_kit.translations import worded

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

# Options of a URL that name files, and those with which a URL asks MySQL for TLS.
_FILES = ("ssl_ca", "ssl_cert", "ssl_key", "ssl_capath", "sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
_TLS = ("ssl_ca", "ssl_cert", "ssl_capath")

_USER = worded("Check user and password in the URL, and percent-encode characters such as @ and / in the password")
_DATABASE = worded("Check the name at the end of the URL, and whether the user may open that database")
_ADDRESS = worded("Check host and port in the URL, and whether the server runs there")
_HOST = worded("Check the name of the host in the URL")
_SILENT = worded("Check host and port in the URL, and the firewall between")
_AUTHORITY = worded(
    "This machine trusts no authority that signed the server's certificate, which may be self-signed. Name the file of "
    "its certificate in the URL: sslrootcert=FILE for PostgreSQL, ssl_ca=FILE for MySQL and MariaDB"
)
_OTHER_HOST = worded(
    "The server's certificate is made out to another host. Write the host in the URL as the certificate has it"
)
_CERTIFICATE = worded("Correct the file of the certificate or key that the URL names")
_NO_TLS = worded("The URL asks for TLS, and the server has none. Switch TLS on in the server")
_TLS_ONLY = worded("The server takes connections with TLS only. Add sslmode=verify-full or ssl_ca=FILE to the URL")
_HURRIED = worded("The server allows this user too little time. Raise its limit, such as statement_timeout")
_OPTION = worded("The URL has an option that the driver does not know. Take it out, or correct it")
_FULL = worded("The server has no connection left. Close some, and run it again")

# Words of drivers, in lower case, in the order in which to look for them; and what to do.
_ADVICE = {
    "no pg_hba.conf entry": worded(
        "The server's rules let nobody in from here. Ask its administrator, or add sslmode=verify-full to the URL"
    ),
    "password authentication failed": _USER,
    "no password supplied": _USER,
    "access denied for user": _USER,
    "auth_gssapi": _USER,
    "certificate verify failed": _AUTHORITY,
    "self-signed certificate": _AUTHORITY,
    "self signed certificate": _AUTHORITY,
    "unknown ca": _AUTHORITY,
    "hostname mismatch": _OTHER_HOST,
    "does not match host name": _OTHER_HOST,
    "certificate is not valid for": _OTHER_HOST,
    "does not support ssl": _NO_TLS,
    "ssl is required": _NO_TLS,
    "insecure transport": _TLS_ONLY,
    "root certificate file": worded("Correct sslrootcert in the URL: it names the file of the authority's certificate"),
    "could not load": _CERTIFICATE,
    "translate host name": _HOST,
    "resolve host": _HOST,
    "name or service not known": _HOST,
    "name resolution": _HOST,
    "nodename nor servname": _HOST,
    "getaddrinfo": _HOST,
    "statement timeout": _HURRIED,
    "statement_timeout": _HURRIED,
    "transaction timeout": _HURRIED,
    "timed out": _SILENT,
    "timeout": _SILENT,
    "no route to host": _SILENT,
    "network is unreachable": _SILENT,
    "unknown database": _DATABASE,
    "connection refused": _ADDRESS,
    "actively refused": _ADDRESS,
    "no such file or directory": _ADDRESS,
    "server closed the connection": _ADDRESS,
    "lost connection": _ADDRESS,
    "too many": _FULL,
    "connection option": _OPTION,
    "unexpected keyword argument": _OPTION,
    "sslmode value": _OPTION,
    "unable to open database file": worded("Check the path, and whether you may read the file and its folder"),
    "not a database": worded("Check the path: the file is something else than a database of SQLite"),
}
_ROLE = ("role ", "user ")  # that "does not exist"


def connect(engine: Engine, *, failure: type[PassageKitError] = DatabaseError) -> Connection:
    """Open a connection.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    failure : type, default DatabaseError
        Type of the error to raise.

    Raises
    ------
    PassageKitError
        The ``failure``, if the database cannot be reached. The message says why, without a secret.
    """
    from sqlalchemy.exc import SQLAlchemyError

    try:
        connection = engine.connect()
    except (SQLAlchemyError, OSError, TypeError, ValueError, AttributeError) as error:  # PyMySQL raises all of these
        said, advice = reason(error, engine.url), _advice(error, engine.url)
        raise failure(
            worded("{address} cannot be reached: {why}. {advice}.", address=shown(engine.url), why=said, advice=advice)
        ) from None
    if _is_in_plain_text(connection):
        connection.close()
        raise failure(
            worded(
                "{address} is not used: the connection is not encrypted. {advice}.",
                address=shown(engine.url),
                advice=_NO_TLS,
            )
        )
    return connection


@contextmanager
def described_quietly() -> Iterator[None]:
    """Let SQLAlchemy describe tables without warnings of parts that it does not know and the kit does not use.

    Such as the type of a column that is made of others, or a period of MariaDB.

    Examples
    --------
    >>> with described_quietly():
    ...     warnings.warn("Unknown schema content: '  PERIOD FOR `valid` (`since`, `until`)'", stacklevel=1)
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Did not recognize type|Unknown schema content")
        yield


def _advice(error: BaseException, url: URL) -> str:
    """Choose the next step for a connection that failed."""
    if isinstance(error, OSError):
        missing = [name for name in _FILES if name in url.query and not Path(str(url.query[name])).exists()]
        if not missing:
            return _CERTIFICATE
        return worded("Correct {option} in the URL: there is no such file", option=missing[0])
    said = str(getattr(error, "orig", None) or error).lower()
    if "to database" in said or ("does not exist" in said and 'database "' in said):
        return _DATABASE
    if "does not exist" in said and any(word in said for word in _ROLE) and "certificate" not in said:
        return _USER
    found = (advice for words, advice in _ADVICE.items() if words in said)
    return next(found, _OPTION if isinstance(error, TypeError | ValueError | AttributeError) else _ADDRESS)


def _is_in_plain_text(connection: Connection) -> bool:
    """Tell whether PyMySQL has gone on without TLS, as it does where the server has none."""
    if connection.dialect.driver != "pymysql" or not any(name in connection.engine.url.query for name in _TLS):
        return False
    found: Any = connection.exec_driver_sql("SHOW STATUS LIKE 'Ssl_cipher'").first()
    connection.rollback()
    return not (found and found[1])

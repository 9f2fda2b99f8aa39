"""The one thing that the kit needs of uvicorn and uvicorn does not promise: a client's connection, to break it.

No public way leads from a request to its connection. This module is all that names those parts of uvicorn. It was
checked with uvicorn 0.54.0; its test asks a running server, and fails when they have changed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn


def connection_of(server: uvicorn.Server, client: tuple[str, int]) -> asyncio.Transport | None:
    """Give the connection of a client.

    Parameters
    ----------
    server : uvicorn.Server
        A running one, whose protocol is h11.
    client : tuple of str and int
        Address and port, as a request names them.

    Returns
    -------
    asyncio.Transport or None
        None when the client has gone already.
    """
    from uvicorn.protocols.http.h11_impl import H11Protocol

    for connection in server.server_state.connections:
        if isinstance(connection, H11Protocol) and connection.client == tuple(client):
            return connection.transport
    return None

"""The parts of uvicorn that it does not promise, asked of a real server: a version that changed them fails here."""

import asyncio
import socket

import uvicorn

from passage_kit.sandbox.uvicorn_connections import connection_of


def test_the_connection_of_a_request_is_found_and_can_be_broken():
    found = []

    async def serve() -> bytes:
        async def application(scope, receive, send):
            found.append(connection_of(server, scope["client"]))
            found.append(connection_of(server, ("127.0.0.1", 1)))
            found[0].close()

        settings = uvicorn.Config(application, http="h11", lifespan="off", ws="none", log_config=None)
        server = uvicorn.Server(settings)
        listener = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        said = await reader.read()
        writer.close()
        await writer.wait_closed()
        server.should_exit = True
        await serving
        return said

    assert asyncio.run(serve()) == b""
    assert isinstance(found[0], asyncio.Transport)
    assert found[1] is None

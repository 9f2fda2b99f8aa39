"""HTTP side of the sandbox: every operation of the Management API as an ASGI application."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from passage_kit.metadata.fields import MetadataSchema
from passage_kit.sandbox.app_facts import AppSettings
from passage_kit.sandbox.contract import RefusedError, Unknowns, invalid, new_id, not_found
from passage_kit.sandbox.csv_import import import_users
from passage_kit.sandbox.failures import Transports, error_response, failure
from passage_kit.sandbox.faults import Fault, Faults, Operation
from passage_kit.sandbox.guards import LARGEST_BODY, LARGEST_UPLOAD, bounded, loopback_only
from passage_kit.sandbox.list_query import read_query
from passage_kit.sandbox.openapi import openapi_document
from passage_kit.sandbox.request_bodies import read_body, read_link_secret, read_magic_link, read_user
from passage_kit.sandbox.sign_ins import SignIns
from passage_kit.sandbox.store import Store
from passage_kit.sandbox.token_keys import TokenKeys

BASE_PATH = "/v1"


class _Call(NamedTuple):
    """One operation: its name for faults and counts, its method and path, and the function that answers."""

    name: Operation
    method: str
    path: str
    answer: Callable[[Request], Awaitable[Response]]
    needs_key: bool = True


class SandboxApp:
    """The Management API of one app, with its store and its faults.

    Parameters
    ----------
    store : Store
        Users and credentials.
    schema : MetadataSchema
        Metadata fields of the app.
    unknowns : Unknowns
        Switches for the open points of the contract.
    transports : callable
        Function that returns the connection of a client's address, for faults that end it.
    """

    def __init__(self, store: Store, schema: MetadataSchema, unknowns: Unknowns, transports: Transports) -> None:
        self.store, self.schema, self.unknowns = store, schema, unknowns
        self.token_keys = TokenKeys(store)
        self._sign_ins = SignIns(store, self.token_keys)
        self.faults, self.settings = Faults((), seed=0), AppSettings()
        self.requests: Counter[str] = Counter()
        self._transports = transports
        self._field_ids = [new_id() for _ in schema]
        self._expected_header = f"Bearer {store.api_key}".encode()
        document = openapi_document(unknowns)
        by_path: dict[str, dict[str, _Call]] = defaultdict(dict)
        for call in self._calls():
            by_path[call.path][call.method] = call
        routes = [Route(BASE_PATH + path, _Endpoint(self, calls)) for path, calls in by_path.items()]
        routes.append(Route("/openapi.json", lambda _: JSONResponse(document), methods=["GET"]))
        handlers = {HTTPException: self._no_such_operation, Exception: _defect}
        starlette = Starlette(routes=routes, exception_handlers=handlers)
        self.asgi: ASGIApp = loopback_only(_without_trailing_slash(starlette))

    def _calls(self) -> list[_Call]:
        app, users, user = "/apps/{app_id}", "/apps/{app_id}/users", "/apps/{app_id}/users/{user_id}"
        calls = [
            _Call("create", "POST", users, self._create),
            _Call("list", "GET", users, self._list),
            _Call("get", "GET", user, self._get),
            _Call("update", "PATCH", user, self._update),
            _Call("delete", "DELETE", user, self._delete),
            _Call("activate", "PATCH", f"{user}/activate", self._activate),
            _Call("deactivate", "PATCH", f"{user}/deactivate", self._deactivate),
            _Call("devices", "GET", f"{user}/devices", self._devices),
            _Call("revoke_device", "DELETE", f"{user}/devices/{{device_id}}", self._revoke_device),
            _Call("revoke_tokens", "DELETE", f"{user}/tokens", self._revoke_tokens),
            _Call("magic_link", "POST", f"{app}/magic-links", self._magic_link),
            _Call("activate_magic_link", "PATCH", f"{app}/magic-link/activate", self._activate_link, needs_key=False),
            _Call("keys", "GET", f"{app}/.well-known/jwks.json", self._keys, needs_key=False),
            _Call("app", "GET", app, self._app),
        ]
        if self.unknowns.import_status != 404:
            calls.append(_Call("import", "POST", f"{app}/import/users", self._import))
        return calls

    async def answer(self, call: _Call, request: Request) -> Response:
        """Answer one request, with the faults that strike it."""
        lookup = call.name == "list" and "identifier" in request.query_params
        name = "lookup" if lookup else call.name
        self.requests[name] += 1
        struck = self.faults.draw(name)
        try:
            if call.needs_key:
                self._check_key(request)  # before a body is read
            await request.body()  # before a latency, so that the operation is done even if the client leaves
            if early := await self._fail(struck, "before", None):
                return early
            if request.path_params["app_id"] != self.store.app_id:
                raise not_found("app")
            answer = await call.answer(request)
        except RefusedError as refused:
            # A body that nobody has read would be received to its end, only to keep the connection.
            unread = {"connection": "close"} if refused.status in (401, 413) else None
            answer = error_response(refused.status, refused.code, refused.error, unread)
        except ClientDisconnect:
            return Response()
        return await self._fail(struck, "after", answer) or answer

    async def _fail(self, struck: list[Fault], when: str, answer: Response | None) -> Response | None:
        """Apply the faults before or after the operation; the first that is not a latency decides."""
        for fault in struck:
            if fault.when != when:
                continue
            if fault.kind != "latency":
                return failure(fault, self._transports, answer)
            await asyncio.sleep(fault.seconds)
        return None

    def _check_key(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode("latin-1")
        if self.faults.key_revoked or not hmac.compare_digest(given, self._expected_header):
            raise RefusedError(401, "invalid_access_token", "Invalid access token")

    async def _no_such_operation(self, request: Request, error: Exception) -> Response:
        try:
            self._check_key(request)
        except RefusedError as refused:
            return error_response(refused.status, refused.code, refused.error)
        if isinstance(error, HTTPException) and error.status_code == 405:
            return error_response(405, "invalid_request", "Method not allowed", dict(error.headers or {}))
        return error_response(404, "not_found", "Not found")

    async def _create(self, request: Request) -> Response:
        new = read_user(await read_body(request))
        if not new.email and not new.phone:
            raise invalid("identifier: cannot be blank.")
        user_id, _ = self.store.create(new)
        return self._user(user_id, 201)

    async def _list(self, request: Request) -> Response:
        selection = read_query(request.query_params.multi_items(), self.unknowns.page_size)
        total, users = self.store.select(selection)
        address = f"{request.url.netloc}{BASE_PATH}/apps/{self.store.app_id}/users"
        return JSONResponse(
            {
                "_links": selection.links(address, total),
                "created_before": selection.created_before,
                "limit": selection.limit,
                "page": selection.page,
                "total_users": total,
                "users": users,
            }
        )

    async def _get(self, request: Request) -> Response:
        return self._user(request.path_params["user_id"])

    async def _update(self, request: Request) -> Response:
        user_id = request.path_params["user_id"]
        self.store.check_user(user_id)
        self.store.update(user_id, read_user(await read_body(request)))
        return self._user(user_id)

    async def _delete(self, request: Request) -> Response:
        self.store.delete(request.path_params["user_id"])
        return Response()

    async def _activate(self, request: Request) -> Response:
        self.store.set_status(request.path_params["user_id"], "active")
        return self._user(request.path_params["user_id"])

    async def _deactivate(self, request: Request) -> Response:
        self.store.set_status(request.path_params["user_id"], "inactive")
        return self._user(request.path_params["user_id"])

    async def _devices(self, request: Request) -> Response:
        return JSONResponse({"devices": self.store.devices(request.path_params["user_id"])})

    async def _revoke_device(self, request: Request) -> Response:
        self.store.revoke_device(request.path_params["user_id"], request.path_params["device_id"])
        return Response()

    async def _revoke_tokens(self, request: Request) -> Response:
        self.store.check_user(request.path_params["user_id"])
        return Response()

    async def _magic_link(self, request: Request) -> Response:
        link = self._sign_ins.make_link(read_magic_link(await read_body(request)))
        return JSONResponse({"magic_link": link}, 201)

    async def _activate_link(self, request: Request) -> Response:
        secret = read_link_secret(await read_body(request))
        token = await asyncio.to_thread(self._sign_ins.activate, secret)  # a first key takes a moment to make
        result = {"auth_token": token, "redirect_url": "/", "refresh_token": "", "refresh_token_expiration": 0}
        return JSONResponse({"auth_result": result})

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self.token_keys.published))

    async def _app(self, _: Request) -> Response:
        fields = [
            {
                "field_name": field.field_name,
                "friendly_name": field.friendly_name,
                "id": field_id,
                "profile": field.profile,
                "registration": field.registration,
                "type": field.type,
            }
            for field, field_id in zip(self.schema, self._field_ids, strict=True)
        ]
        own = {"created_at": self.store.created_at, "id": self.store.app_id, "user_metadata_schema": fields}
        return JSONResponse({"app": {**self.settings.to_app(), **own}})

    async def _import(self, request: Request) -> Response:
        if self.unknowns.import_status == 403:
            raise RefusedError(403, "operation_not_allowed", "Operation not allowed")
        try:
            async with request.form() as form:
                file = form.get("csv_user_import")
                data = await file.read() if isinstance(file, UploadFile) else None
        except HTTPException as error:
            raise invalid("csv_user_import: must be multipart form data.") from error
        if data is None:
            raise invalid("csv_user_import: cannot be blank.")
        return JSONResponse(import_users(data, self.store, self.schema), self.unknowns.import_status)

    def _user(self, user_id: str, status: int = 200) -> Response:
        return JSONResponse({"user": self.store.get(user_id)}, status)


class _Endpoint:
    """One path with the operation of each method."""

    def __init__(self, app: SandboxApp, calls: dict[str, _Call]) -> None:
        self._app, self._calls = app, calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = self._calls.get(scope["method"])
        if call is None:
            raise HTTPException(405, headers={"Allow": ", ".join(self._calls)})
        limit = LARGEST_UPLOAD if call.name == "import" else LARGEST_BODY
        response = await self._app.answer(call, Request(scope, bounded(receive, limit), send))
        await response(scope, receive, send)


async def _defect(_: Request, error: Exception) -> Response:
    """Answer a request that met a defect of the sandbox itself, and log the defect."""
    logging.getLogger(__name__).error("The sandbox has a defect.", exc_info=error)
    return error_response(500, "internal_server_error", "Internal server error")


def _without_trailing_slash(app: ASGIApp) -> ASGIApp:
    """Answer ``/users/`` like ``/users``, since clients use both."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await app(scope, receive, send)

    return answer

"""OpenAPI document of the sandbox: its requests and answers, as the switches set them."""

from __future__ import annotations

from typing import Any

from passage_kit.sandbox.app_facts import app_schema
from passage_kit.sandbox.contract import EMAIL_PATTERN, LARGEST_PAGE, PHONE_PATTERN, STATUSES, Unknowns
from passage_kit.sandbox.list_query import (
    FILTERS,
    LAST_PAGE,
    LAST_SECOND,
    LONGEST_FILTER,
    NUMBER_FILTERS,
    ORDER_PATTERN,
    TEXT_FILTERS,
    TIME_PATTERN,
)
from passage_kit.sandbox.request_bodies import (
    LINK_CHANNELS,
    LINK_LANGUAGES,
    LINK_PATH_PATTERN,
    LINK_TYPES,
    LONGEST_LINK,
)

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_TEXT_OR_NULL: Json = {"type": ["string", "null"]}
_FLAG: Json = {"type": "boolean"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_TIME: Json = {"type": "string", "format": "date-time"}
_ID: Json = {"type": "string", "pattern": "^[A-Za-z0-9]{24}$"}
_METADATA: Json = {"type": ["object", "null"]}

_NO_BODY = "Done; the answer has no body."
_APP, _USERS = "/apps/{app_id}", "/apps/{app_id}/users"
_USER, _DEVICE = "/apps/{app_id}/users/{user_id}", "/apps/{app_id}/users/{user_id}/devices/{device_id}"


def _reference(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}


def _perhaps(pattern: str) -> Json:
    """Describe a text that may be missing, null or ``""``."""
    return {"type": ["string", "null"], "pattern": f"^$|{pattern}"}


def _given(name: str) -> Json:
    """Describe an object with a text under this key."""
    return {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}


def _record(properties: Json) -> Json:
    """Describe an object with exactly these keys."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list_of(schema: Json) -> Json:
    return {"type": "array", "items": schema}


# What answers hold, key by key.
_USER_ITEM: Json = {
    "created_at": _TIME,
    "email": _TEXT,
    "email_verified": _FLAG,
    "external_id": _TEXT,
    "id": _ID,
    "last_login_at": _TIME,
    "login_count": _COUNT,
    "phone": _TEXT,
    "phone_verified": _FLAG,
    "status": {"enum": list(STATUSES)},
    "updated_at": _TIME,
    "user_metadata": _METADATA,
}
_USER_IN_FULL: Json = {
    **_USER_ITEM,
    "recent_events": _list_of({}),
    "social_connections": {"type": "object"},
    "webauthn": _FLAG,
    "webauthn_devices": _list_of(_reference("Device")),
    "webauthn_types": _list_of({"enum": ["passkey", "security_key", "platform"]}),
}
_USER_PAGE: Json = {
    "_links": _record(dict.fromkeys(("first", "last", "next", "previous", "self"), _record({"href": _TEXT}))),
    "created_before": _COUNT,
    "limit": _COUNT,
    "page": _COUNT,
    "total_users": _COUNT,
    "users": _list_of(_reference("UserItem")),
}
_DEVICE_PROPERTIES: Json = {
    "created_at": _TIME,
    "cred_id": _TEXT,
    "friendly_name": _TEXT,
    "icons": _record({"dark": _TEXT_OR_NULL, "light": _TEXT_OR_NULL}),
    "id": _ID,
    "last_login_at": _TIME,
    "type": {"enum": ["passkey"]},
    "updated_at": _TIME,
    "usage_count": _COUNT,
}
_IMPORTED: Json = {
    **{f"num_users_{part}": _COUNT for part in ("received", "imported", "existing", "errored")},
    "errors": _list_of(_record({"identifier": _TEXT, "errors": _list_of(_TEXT)})),
    **{part: _list_of({"type": "object", "additionalProperties": _TEXT}) for part in ("imported", "existing")},
}


def openapi_document(unknowns: Unknowns) -> Json:
    """Make the document of a sandbox.

    Parameters
    ----------
    unknowns : Unknowns
        Switches for the open points of the contract.

    Returns
    -------
    dict
        Document in OpenAPI 3.1.

    Examples
    --------
    >>> sorted(openapi_document(Unknowns())["paths"])[:2]
    ['/apps/{app_id}', '/apps/{app_id}/.well-known/jwks.json']
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Passage Management API, as the sandbox of passage_kit answers it",
            "version": "1",
            "description": "Answers with status 429, 502 and 503 come on request only, as faults.",
        },
        "servers": [{"url": "/v1"}],
        "security": [{"key": []}],
        "paths": _paths(unknowns),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _paths(unknowns: Unknowns) -> Json:
    """Describe the operations of each path, and the parameters in the path itself."""
    paths = {**_user_paths(unknowns), **_app_paths(unknowns)}
    for path, operations in paths.items():
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        operations["parameters"] = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names]
    return paths


def _user_paths(unknowns: Unknowns) -> dict[str, Json]:
    return {
        _USERS: {
            "post": _operation("create", "Create a user", 201, "UserAnswer", body=_json_body("NewUser"), bad=True),
            "get": {**_operation("list", "List users", 200, "UserPage", bad=True), "parameters": _query(unknowns)},
        },
        _USER: {
            "get": _operation("get", "Get a user", 200, "UserAnswer"),
            "patch": _operation("update", "Update a user", 200, "UserAnswer", body=_json_body("ChangedUser"), bad=True),
            "delete": _operation("delete", "Delete a user", 200, None),
        },
        f"{_USER}/activate": {"patch": _operation("activate", "Activate a user", 200, "UserAnswer")},
        f"{_USER}/deactivate": {"patch": _operation("deactivate", "Deactivate a user", 200, "UserAnswer")},
        f"{_USER}/devices": {"get": _operation("devices", "List the devices of a user", 200, "Devices")},
        _DEVICE: {"delete": _operation("revoke_device", "Revoke a device", 200, None)},
        f"{_USER}/tokens": {"delete": _operation("revoke_tokens", "Revoke the tokens of a user", 200, None)},
    }


def _app_paths(unknowns: Unknowns) -> dict[str, Json]:
    paths = {
        f"{_APP}/magic-links": {
            "post": _operation(
                "magic_link", "Create a magic link", 201, "MagicLinkAnswer", body=_json_body("NewMagicLink"), bad=True
            )
        },
        f"{_APP}/magic-link/activate": {
            "patch": _keyless("activate_magic_link", "Follow a magic link", "SignedIn", body=_json_body("FollowedLink"))
        },
        f"{_APP}/.well-known/jwks.json": {"get": _keyless("keys", "Get the keys of tokens", "KeySet")},
        _APP: {"get": _operation("app", "Get the app", 200, "AppAnswer")},
    }
    if unknowns.import_status != 404:
        paths[f"{_APP}/import/users"] = {"post": _import(unknowns)}
    return paths


def _operation(
    name: str, summary: str, status: int, answer: str | None, *, body: Json | None = None, bad: bool = False
) -> Json:
    """Describe one operation; ``bad`` adds the answer 400, for requests that can break a rule."""
    done = _answer(summary, answer) if answer else {"description": _NO_BODY}
    errors = {401: "The key is refused.", 404: "There is no such app, user or device.", 500: "On request only."}
    if bad:
        errors[400] = "The request breaks a rule."
    answers = {str(code): _answer(description, "Error") for code, description in sorted(errors.items())}
    faults = {
        "429": _answer("On request only.", "Error"),
        **{code: {"description": "On request only.", "content": {"text/html": {}}} for code in ("502", "503")},
    }
    described: Json = {"operationId": name, "summary": summary, "responses": {str(status): done, **answers, **faults}}
    return {**described, "requestBody": body} if body else described


def _keyless(name: str, summary: str, answer: str, *, body: Json | None = None) -> Json:
    """Describe an operation that needs no key, as those for browsers."""
    operation = _operation(name, summary, 200, answer, body=body, bad=body is not None)
    if body is not None:
        operation["responses"]["403"] = _answer("The user is inactive.", "Error")
    answers = {status: answer for status, answer in operation["responses"].items() if status != "401"}
    return {**operation, "responses": answers, "security": []}


def _answer(description: str, schema: str) -> Json:
    return {"description": description, "content": {"application/json": {"schema": _reference(schema)}}}


def _json_body(schema: str) -> Json:
    return {"required": True, "content": {"application/json": {"schema": _reference(schema)}}}


def _import(unknowns: Unknowns) -> Json:
    form = _record({"csv_user_import": {"type": "string", "format": "binary"}})
    body = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    forbidden = unknowns.import_status == 403
    answer = "Error" if forbidden else "Import"
    return _operation("import", "Import users", unknowns.import_status, answer, body=body, bad=True)


def _query(unknowns: Unknowns) -> list[Json]:
    """List the parameters of List Users."""
    number = "-?[0-9]{1,18}"
    schemas: dict[str, Json] = {
        "page": {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
        "limit": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": unknowns.page_size},
        "created_before": {"type": "integer", "minimum": 0, "maximum": LAST_SECOND},
        "order_by": {"type": "string", "pattern": ORDER_PATTERN, "maxLength": LONGEST_FILTER},
    }
    for name in FILTERS:
        if name in TEXT_FILTERS:
            schemas[name] = {"type": "string", "maxLength": LONGEST_FILTER}
        else:
            value = number if name in NUMBER_FILTERS else TIME_PATTERN
            schemas[name] = {"type": "string", "pattern": f"^({value}|<(ne|gt|lt):{value}>)$"}
    return [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()]


def _schemas() -> dict[str, Json]:
    """Describe all requests and answers, by name."""
    email, phone = _perhaps(EMAIL_PATTERN), _perhaps(PHONE_PATTERN)
    return {
        "Error": _record({"code": _TEXT, "error": _TEXT}),
        **_user_schemas(email, phone),
        "Device": _record(_DEVICE_PROPERTIES),
        "Devices": _record({"devices": _list_of(_reference("Device"))}),
        **_magic_link_schemas(email, phone),
        **_app_schemas(),
        "Import": _record(_IMPORTED),
    }


def _user_schemas(email: Json, phone: Json) -> dict[str, Json]:
    changes: Json = {"email": email, "phone": phone, "user_metadata": _METADATA}
    either = [_given(name) for name in ("email", "phone")]
    return {
        "NewUser": {"type": "object", "properties": changes, "anyOf": either},
        "ChangedUser": {"type": "object", "properties": changes},
        "User": _record(_USER_IN_FULL),
        "UserAnswer": _record({"user": _reference("User")}),
        "UserItem": _record(_USER_ITEM),
        "UserPage": _record(_USER_PAGE),
    }


def _magic_link_schemas(email: Json, phone: Json) -> dict[str, Json]:
    ttl = {"type": "integer", "minimum": 1, "maximum": LONGEST_LINK}
    link = _record(
        {
            "activated": _FLAG,
            "app_id": _ID,
            "id": _ID,
            "identifier": _TEXT,
            "redirect_url": _TEXT,
            "secret": _TEXT,
            "ttl": ttl,
            "type": {"enum": list(LINK_TYPES)},
            "url": _TEXT,
            "user_id": _ID,
        }
    )
    asked: Json = {
        "email": email,
        "phone": phone,
        "user_id": _TEXT_OR_NULL,
        "type": {"enum": list(LINK_TYPES)},
        "channel": {"enum": list(LINK_CHANNELS)},
        "language": {"enum": list(LINK_LANGUAGES)},
        "send": _FLAG,
        "ttl": ttl,
        "redirect_url": _TEXT_OR_NULL,
        "magic_link_path": _perhaps(LINK_PATH_PATTERN),
    }
    return {
        "NewMagicLink": {
            "type": "object",
            "properties": asked,
            "oneOf": [_given(name) for name in ("email", "phone", "user_id")],
        },
        "MagicLink": link,
        "MagicLinkAnswer": _record({"magic_link": _reference("MagicLink")}),
        **_sign_in_schemas(),
    }


def _sign_in_schemas() -> dict[str, Json]:
    result = {"auth_token": _TEXT, "redirect_url": _TEXT, "refresh_token": _TEXT, "refresh_token_expiration": _COUNT}
    return {
        "FollowedLink": {"type": "object", **_given("magic_link")},
        "SignedIn": _record({"auth_result": _record(result)}),
        "KeySet": _record({"keys": _list_of(_record(dict.fromkeys(("alg", "e", "kid", "kty", "n", "use"), _TEXT)))}),
    }


def _app_schemas() -> dict[str, Json]:
    field = _record(
        {
            "field_name": _TEXT,
            "friendly_name": _TEXT,
            "id": _ID,
            "profile": _FLAG,
            "registration": _FLAG,
            "type": {"enum": ["string", "boolean", "integer", "date", "phone", "email"]},
        }
    )
    own = {"created_at": _TIME, "id": _ID, "user_metadata_schema": _list_of(_reference("MetadataField"))}
    app = _record({**app_schema(), **own})
    return {"MetadataField": field, "App": app, "AppAnswer": _record({"app": _reference("App")})}

"""What the sandbox says of its app: every field that the official clients read until the end of 2024."""

from __future__ import annotations

from typing import Any

_TTL = {"ttl": 300, "ttl_display_unit": "m"}
# An app that takes everybody: emails and phones, and all ways to sign in.
APP: dict[str, Any] = {
    "additional_auth_origins": [],
    "allowed_callback_urls": [],
    "allowed_identifier": "both",
    "allowed_logout_urls": [],
    "application_login_uri": "",
    "auth_fallback_method": "magic_link",
    "auth_fallback_method_ttl": 300,
    "auth_methods": {
        "magic_link": {"enabled": True, **_TTL},
        "otp": {"enabled": True, **_TTL},
        "passkeys": {"enabled": True},
    },
    "auth_origin": "http://localhost",
    "auto_theme_enabled": False,
    "dark_logo_url": None,
    "default_language": "en",
    "element_customization": {},
    "element_customization_dark": {},
    "hosted": False,
    "hosted_subdomain": "",
    "hosted_theme": "auto",
    "id_token_lifetime": None,
    "layouts": {"profile": [], "registration": []},
    "light_logo_url": None,
    "login_url": "/",
    "name": "Sandbox",
    "passage_branding": True,
    "profile_management": True,
    "public_signup": True,
    "redirect_url": "/",
    "refresh_absolute_lifetime": 0,
    "refresh_enabled": False,
    "refresh_inactivity_lifetime": 0,
    "require_email_verification": False,
    "require_identifier_verification": False,
    "required_identifier": "either",
    "role": "",
    "rsa_public_key": "",
    "secret": None,
    "session_timeout_length": 5,
    "technologies": [],
    "type": "complete",
}
_NULLABLE = {
    "dark_logo_url": "string", "light_logo_url": "string", "secret": "string", "id_token_lifetime": "integer",
}  # fmt: skip


def app_schema() -> dict[str, Any]:
    """Describe the fields of the app as JSON Schema, by their names.

    Examples
    --------
    >>> schema = app_schema()
    >>> schema["public_signup"], schema["secret"], schema["technologies"]
    ({'type': 'boolean'}, {'type': ['string', 'null']}, {'type': 'array', 'items': {'type': 'string'}})
    """
    return {name: _schema_of(name, value) for name, value in APP.items()}


def _schema_of(name: str, value: Any) -> dict[str, Any]:
    if name in _NULLABLE:
        return {"type": [_NULLABLE[name], "null"]}
    if isinstance(value, list):
        return {"type": "array", "items": {"type": "string"}}
    if isinstance(value, dict):
        properties = {inner: _schema_of(inner, it) for inner, it in value.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}
    kinds = {bool: "boolean", int: "integer", str: "string"}
    return {"type": kinds[type(value)]}

"""What the sandbox says of its app: every field that the official clients read until the end of 2024."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from passage_kit.errors import OptionError

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


_CHOICES = {
    "login_methods": tuple(APP["auth_methods"]),
    "allowed_identifier": ("both", "email", "phone"),
    "required_identifier": ("either", "email", "phone", "both"),
}


@dataclass(frozen=True, slots=True)
class AppSettings:
    """What the sandbox's app says of its login methods and identifiers, as somebody has set it in the Console.

    A push reads it beforehand and says whom it leaves out. The sandbox itself takes users whatever it says.

    Parameters
    ----------
    login_methods : tuple of str, default ("magic_link", "otp", "passkeys")
        Login methods that are on.
    allowed_identifier : {"both", "email", "phone"}, default "both"
        Identifiers that the app takes.
    required_identifier : {"either", "email", "phone", "both"}, default "either"
        Identifiers that a user needs.
    public_signup : bool, default True
        Whether people can sign up by themselves.

    Raises
    ------
    OptionError
        If a setting has a value that it cannot have.

    See Also
    --------
    Sandbox : Set them with ``sandbox.settings``.

    Examples
    --------
    >>> settings = AppSettings.from_texts(["login_methods=otp,passkeys", "public_signup=false"])
    >>> settings.login_methods, settings.public_signup
    (('otp', 'passkeys'), False)
    """

    login_methods: tuple[str, ...] = _CHOICES["login_methods"]
    allowed_identifier: str = "both"
    required_identifier: str = "either"
    public_signup: bool = True

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            for one in value if isinstance(value, tuple) else (value,):
                if one not in choices:
                    raise OptionError(f"The setting {name}: found {one!r}, expected {', '.join(choices)}.")
        if not isinstance(self.public_signup, bool):
            raise OptionError(f"The setting public_signup: found {self.public_signup!r}, expected true or false.")

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> AppSettings:
        """Read the settings from texts such as ``login_methods=otp,passkeys``, the form of the command line.

        Raises
        ------
        OptionError
            If a text is no setting, or has a value that it cannot have.
        """
        given: dict[str, Any] = {}
        for text in texts:
            name, _, value = text.partition("=")
            if name not in cls.__slots__:
                raise OptionError(f"There is no setting {text!r}. The settings are: {', '.join(cls.__slots__)}.")
            given[name] = value
        if "login_methods" in given:
            given["login_methods"] = tuple(word for word in given["login_methods"].split(",") if word)
        if "public_signup" in given:
            words = {"true": True, "false": False}
            given["public_signup"] = words.get(given["public_signup"], given["public_signup"])
        return cls(**given)

    def to_app(self) -> dict[str, Any]:
        """Give all that the app says of itself."""
        methods = {
            name: {**facts, "enabled": name in self.login_methods} for name, facts in APP["auth_methods"].items()
        }
        fallback = next((name for name in ("magic_link", "otp") if name in self.login_methods), "none")
        return {
            **APP,
            "auth_methods": methods,
            "auth_fallback_method": fallback,
            "allowed_identifier": self.allowed_identifier,
            "required_identifier": self.required_identifier,
            "public_signup": self.public_signup,
        }


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

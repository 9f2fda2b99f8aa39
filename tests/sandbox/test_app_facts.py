"""The app in full: every field of the contract, of its type."""

import pytest

from passage_kit.errors import OptionError
from passage_kit.sandbox.app_facts import APP, AppSettings, app_schema

TEXTS = [
    "allowed_identifier",
    "application_login_uri",
    "auth_fallback_method",
    "auth_origin",
    "default_language",
    "hosted_subdomain",
    "hosted_theme",
    "login_url",
    "name",
    "redirect_url",
    "required_identifier",
    "role",
    "rsa_public_key",
    "type",
]
LISTS = ["additional_auth_origins", "allowed_callback_urls", "allowed_logout_urls", "technologies"]
FLAGS = [
    "auto_theme_enabled",
    "hosted",
    "passage_branding",
    "profile_management",
    "public_signup",
    "refresh_enabled",
    "require_email_verification",
    "require_identifier_verification",
]
COUNTS = [
    "auth_fallback_method_ttl",
    "refresh_absolute_lifetime",
    "refresh_inactivity_lifetime",
    "session_timeout_length",
]
OBJECTS = ["auth_methods", "layouts", "element_customization", "element_customization_dark"]
NULLABLE = ["light_logo_url", "dark_logo_url", "secret", "id_token_lifetime"]


def test_every_field_of_the_contract_is_there_with_its_type():
    kinds = {str: TEXTS, list: LISTS, bool: FLAGS, int: COUNTS, dict: OBJECTS, type(None): NULLABLE}
    assert {name: type(value) for name, value in APP.items()} == {
        name: kind for kind, names in kinds.items() for name in names
    }
    assert set(app_schema()) == set(APP)
    assert {name: set(it) for name, it in APP["auth_methods"].items()} == {
        "passkeys": {"enabled"}, "otp": {"enabled", "ttl", "ttl_display_unit"},
        "magic_link": {"enabled", "ttl", "ttl_display_unit"},
    }  # fmt: skip


def test_the_usual_settings_take_everybody():
    assert AppSettings().to_app() == APP


@pytest.mark.parametrize(
    "text",
    ["login_methods=fax", "allowed_identifier=either", "required_identifier=", "public_signup=no", "x=1", ""],
)
def test_a_setting_that_cannot_be_is_refused(text):
    with pytest.raises(OptionError, match="setting"):
        AppSettings.from_texts([text])


def test_an_app_without_a_login_method_has_no_fallback():
    app = AppSettings.from_texts(["login_methods="]).to_app()
    assert (app["auth_fallback_method"], [it["enabled"] for it in app["auth_methods"].values()]) == (
        "none",
        [False] * 3,
    )

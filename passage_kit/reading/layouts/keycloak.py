"""Keycloak: the users of a realm export, of a users file, or by the Admin API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="keycloak",
    title="Keycloak",
    link="https://www.keycloak.org/server/importExport",
    signs=(
        ("username", "enabled", "createdTimestamp"),
        ("username", "enabled", "realmRoles"),
        ("username", "enabled", "emailVerified", "requiredActions"),
        ("username", "enabled", "emailVerified", "totp"),
        ("username", "enabled", "emailVerified", "firstName", "lastName"),
    ),
    records=("users", ".", "[].users"),
    envelope=("realm", "clients"),
    email=("email",),
    email_else=("username",),
    phone=("attributes.phoneNumber", "attributes.phone_number", "attributes.phone", "attributes.mobile"),
    source_key=("id", "username"),
    order=("createdTimestamp",),
    account_state=("enabled",),
    fields={
        "first name": ("firstName",),
        "last name": ("lastName",),
        "username": ("username",),
        "created at": ("createdTimestamp",),
        "email verified": ("emailVerified",),
        "phone verified": ("attributes.phoneNumberVerified", "attributes.phone_number_verified"),
        "language": ("attributes.locale",),
        "active": ("enabled",),
    },
    verified=("emailVerified", "attributes.phoneNumberVerified"),
    secrets=("credentials",),
    notes=(
        "Attributes are lists of values.",
        "Who has no email may sign in with an address as the username, which is taken with a warning.",
        "Times are milliseconds since 1970.",
        "A realm export also has clients, roles and service accounts, which are no people.",
    ),
)

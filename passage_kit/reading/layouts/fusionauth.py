"""FusionAuth: users by the search API, or as prepared for an import."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="fusionauth",
    title="FusionAuth",
    link="https://fusionauth.io/docs/apis/users#search-for-users",
    signs=(
        ("id", "email", "insertInstant", "tenantId"),
        ("id", "email", "usernameStatus", "verified"),
        ("email", "active", "insertInstant", "verified"),
        ("id", "insertInstant", "usernameStatus"),
    ),
    records=("users", "."),
    email=("email", "identities.primary email"),
    phone=("phoneNumber", "mobilePhone", "identities.primary phone"),
    source_key=("id",),
    order=("lastLoginInstant", "lastUpdateInstant", "insertInstant"),
    account_state=("active",),
    fields={
        "first name": ("firstName",),
        "last name": ("lastName",),
        "name": ("fullName",),
        "username": ("username",),
        "birth date": ("birthDate",),
        "created at": ("insertInstant",),
        "updated at": ("lastUpdateInstant",),
        "last login": ("lastLoginInstant",),
        "email verified": ("verified",),
        "active": ("active",),
    },
    verified=("verified",),
    secrets=("password", "salt", "twoFactor.methods", "twoFactor.recoveryCodes", "registrations"),
    notes=(
        "Instants are milliseconds since 1970.",
        "A search never gives hashes; a file for an import has them.",
        "registrations may hold tokens of other services, so they are left out.",
        "verified is said of the email.",
    ),
)  # fmt: skip

"""Auth0: users by the export job (NDJSON or CSV), by the export extension, or by the Management API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="auth0",
    title="Auth0",
    link="https://auth0.com/docs/manage-users/user-migration/bulk-user-exports",
    signs=(
        ("user_id", "email", "email_verified", "identities"),
        ("user_id", "email_verified", "created_at", "logins_count"),
        ("user_id", "email", "email_verified", "given_name", "family_name", "nickname"),
        ("user_id", "email", "email_verified", "name", "nickname", "picture"),
        ("_id.$oid", "email", "email_verified", "tenant", "connection"),
        ("Id", "Email", "Email Verified", "Given Name", "Family Name", "Nickname"),
    ),
    records=("users", "."),
    email=("email",),
    phone=("phone_number", "user_metadata.phone_number", "user_metadata.phone"),
    source_key=("user_id", "Id"),
    order=("last_login", "updated_at", "Last Login", "Updated At", "created_at", "Created At"),
    account_state=("blocked",),
    fields={
        "first name": ("given_name", "Given Name", "user_metadata.given_name", "user_metadata.first_name"),
        "last name": ("family_name", "Family Name", "user_metadata.family_name", "user_metadata.last_name"),
        "name": ("name", "Name"),
        "username": ("username", "nickname", "Nickname"),
        "created at": ("created_at", "Created At"),
        "updated at": ("updated_at", "Updated At"),
        "last login": ("last_login", "Last Login"),
        "email verified": ("email_verified", "Email Verified"),
        "phone verified": ("phone_verified",),
        "language": ("locale", "user_metadata.locale", "user_metadata.language"),
        "blocked": ("blocked",),
    },
    verified=("email_verified", "Email Verified", "phone_verified"),
    secrets=("passwordHash", "password_hash", "custom_password_hash", "multifactor"),
    notes=(
        "The source key is the provider and an id, such as auth0|5f7c.",
        "Phones of passwordless users are in phone_number, with a plus.",
        "Timestamps are ISO 8601 in UTC.",
        "The export job writes NDJSON even if the file is called .json.",
    ),
)

"""Passage itself: the export of the Console, pages of List Users, and Get User."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="passage",
    title="Passage",
    link="https://docs.passage.id/complete/user-management",
    signs=(
        ("id", "email", "email_verified", "phone_verified", "login_count"),
        ("id", "phone", "email_verified", "phone_verified", "login_count"),
        ("user.id", "user.email_verified", "user.phone_verified", "user.login_count"),
    ),
    records=("users", "[].users", "."),
    email=("email", "user.email"),
    phone=("phone", "user.phone"),
    source_key=("id", "user.id"),
    order=("last_login_at", "user.last_login_at", "updated_at", "created_at"),
    account_state=("status", "user.status"),
    fields={
        "created at": ("created_at", "user.created_at"),
        "updated at": ("updated_at", "user.updated_at"),
        "last login": ("last_login_at", "user.last_login_at"),
        "email verified": ("email_verified", "user.email_verified"),
        "phone verified": ("phone_verified", "user.phone_verified"),
        "first name": ("user_metadata.first_name", "user.user_metadata.first_name", "first_name"),
        "last name": ("user_metadata.last_name", "user.user_metadata.last_name", "last_name"),
    },
    verified=("email_verified", "phone_verified", "user.email_verified", "user.phone_verified"),
    notes=(
        "The id is that of another Passage app: it does not stay.",
        "0001-01-01T00:00:00Z in last_login_at means never.",
        "A pending user has not signed in yet; an inactive one was deactivated.",
        "Passkeys belong to their app, and cannot be moved.",
    ),
)  # fmt: skip

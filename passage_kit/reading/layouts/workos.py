"""WorkOS: users by the API of AuthKit, or users of a directory."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="workos",
    title="WorkOS",
    link="https://workos.com/docs/reference/authkit/user/list",
    signs=(
        ("object", "id", "email", "email_verified", "profile_picture_url"),
        ("object", "id", "email", "email_verified", "last_sign_in_at"),
        ("idp_id", "directory_id", "id", "state"),
    ),
    records=("data", "."),
    email=("email", "emails.primary email"),
    phone=("metadata.phone_number", "metadata.phone", "custom_attributes.phone_number"),
    source_key=("id",),
    order=("last_sign_in_at", "updated_at", "created_at"),
    account_state=("state", "locked_at"),
    fields={
        "first name": ("first_name",),
        "last name": ("last_name",),
        "name": ("name",),
        "username": ("username",),
        "created at": ("created_at",),
        "updated at": ("updated_at",),
        "last login": ("last_sign_in_at",),
        "email verified": ("email_verified",),
        "language": ("locale",),
    },
    verified=("email_verified",),
    secrets=("raw_attributes", "password_hash"),
    notes=(
        "external_id is the id in the app, if one was set.",
        "A user of a directory may be inactive or suspended; raw_attributes repeats what the directory sent.",
    ),
)  # fmt: skip

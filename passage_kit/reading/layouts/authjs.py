"""Auth.js (NextAuth.js): the table or collection ``users`` of its database adapters."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="authjs",
    title="Auth.js",
    link="https://authjs.dev/concepts/database-models",
    signs=(
        ("id", "name", "email", "emailVerified", "image"),
        ("_id.$oid", "name", "email", "emailVerified", "image"),
        ("_id", "name", "email", "emailVerified", "image"),
        ("id", "name", "email", "email_verified", "image"),
    ),
    records=("users", "."),
    email=("email",),
    source_key=("id", "_id.$oid", "_id"),
    order=("updatedAt", "updated_at", "createdAt", "created_at"),
    fields={
        "name": ("name",),
        "email verified": ("emailVerified", "email_verified"),
        "created at": ("createdAt", "created_at"),
        "updated at": ("updatedAt", "updated_at"),
    },
    verified=("emailVerified", "email_verified"),
    notes=("The day of a verification stands for yes.", "Accounts and sessions are other tables."),
)

"""Appwrite: users by its Users API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="appwrite",
    title="Appwrite",
    link="https://appwrite.io/docs/references/cloud/server-rest/users",
    signs=(
        ("$id", "$createdAt", "email", "emailVerification", "registration"),
        ("$id", "$createdAt", "phone", "phoneVerification", "registration"),
    ),
    records=("users", "."),
    email=("email",),
    phone=("phone",),
    source_key=("$id",),
    order=("accessedAt", "$updatedAt", "$createdAt"),
    account_state=("status",),
    open_flags=("status",),
    fields={
        "name": ("name",),
        "created at": ("$createdAt", "registration"),
        "updated at": ("$updatedAt",),
        "email verified": ("emailVerification",),
        "phone verified": ("phoneVerification",),
    },
    verified=("emailVerification", "phoneVerification"),
    secrets=("password", "hash", "hashOptions"),
    notes=("A status of false says that the account is blocked.",),
)

"""SuperTokens: users by the API, before and since accounts can be linked, or as prepared for a bulk import."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="supertokens",
    title="SuperTokens",
    link="https://supertokens.com/docs/references/cdi",
    signs=(
        ("id", "isPrimaryUser", "timeJoined"),
        ("id", "loginMethods.primary email", "timeJoined"),
        ("recipeId", "user.id", "user.timeJoined"),
        ("externalUserId", "loginMethods.primary email"),
        ("externalUserId", "loginMethods.primary phone"),
    ),
    records=("users",),
    email=("loginMethods.primary email", "emails", "user.email"),
    phone=("loginMethods.primary phone", "phoneNumbers", "user.phoneNumber"),
    source_key=("externalUserId", "id", "user.id"),
    order=("timeJoined", "user.timeJoined"),
    fields={
        "first name": ("userMetadata.first_name", "userMetadata.firstName"),
        "last name": ("userMetadata.last_name", "userMetadata.lastName"),
        "created at": ("timeJoined", "user.timeJoined"),
        "role": (),
    },
    secrets=("totpDevices",),
    notes=(
        "A user has several login methods; the primary one is marked, or has the id of the user.",
        "timeJoined is in milliseconds since 1970.",
        "Hashes and passwords stand in the login methods, and are never read.",
    ),
)  # fmt: skip

"""Zitadel: users by the user service (v2) or the management service (v1)."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="zitadel",
    title="Zitadel",
    link="https://zitadel.com/docs/apis/resources/user_service_v2",
    signs=(
        ("userId", "state", "human.email.email"),
        ("id", "state", "human.email.email"),
        ("userId", "preferredLoginName", "human.profile.givenName"),
    ),
    records=("result", "users"),
    email=("human.email.email",),
    phone=("human.phone.phone",),
    source_key=("userId", "id"),
    order=("details.changeDate", "details.creationDate"),
    account_state=("state",),
    fields={
        "first name": ("human.profile.givenName", "human.profile.firstName"),
        "last name": ("human.profile.familyName", "human.profile.lastName"),
        "name": ("human.profile.displayName",),
        "username": ("username", "userName"),
        "created at": ("details.creationDate",),
        "updated at": ("details.changeDate",),
        "email verified": ("human.email.isVerified", "human.email.isEmailVerified"),
        "phone verified": ("human.phone.isVerified", "human.phone.isPhoneVerified"),
        "language": ("human.profile.preferredLanguage",),
    },
    verified=("human.email.isVerified", "human.email.isEmailVerified", "human.phone.isVerified",
              "human.phone.isPhoneVerified"),
    secrets=("human.hashedPassword", "human.hashedPassword.hash"),
    notes=(
        "Machine users have no address, so they are rejected.",
        "Login names look like emails, and are none: their domain is that of the organization.",
        "States are written as USER_STATE_ACTIVE.",
    ),
)  # fmt: skip

"""Zitadel: users by the user service (v2) or the management service (v1), and the export of organizations."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="zitadel",
    title="Zitadel",
    link="https://zitadel.com/docs/apis/resources/user_service_v2",
    signs=(
        ("userId", "state", "human.email.email"),
        ("id", "state", "human.email.email"),
        ("userId", "preferredLoginName", "human.profile.givenName"),
        ("userId", "user.userName", "user.profile.firstName", "user.email.email"),
    ),
    records=("result", "users", "orgs[].humanUsers"),
    email=("human.email.email", "user.email.email"),
    phone=("human.phone.phone", "user.phone.phone"),
    source_key=("userId", "id"),
    order=("details.changeDate", "details.creationDate"),
    account_state=("state",),
    fields={
        "first name": ("human.profile.givenName", "human.profile.firstName", "user.profile.firstName"),
        "last name": ("human.profile.familyName", "human.profile.lastName", "user.profile.lastName"),
        "name": ("human.profile.displayName", "user.profile.displayName"),
        "username": ("username", "userName", "user.userName"),
        "created at": ("details.creationDate",),
        "updated at": ("details.changeDate",),
        "email verified": ("human.email.isVerified", "human.email.isEmailVerified", "user.email.isEmailVerified"),
        "phone verified": ("human.phone.isVerified", "human.phone.isPhoneVerified", "user.phone.isPhoneVerified"),
        "language": ("human.profile.preferredLanguage", "user.profile.preferredLanguage"),
    },
    verified=("human.email.isVerified", "human.email.isEmailVerified", "human.phone.isVerified",
              "human.phone.isPhoneVerified", "user.email.isEmailVerified", "user.phone.isPhoneVerified"),
    secrets=("human.hashedPassword", "human.hashedPassword.hash", "user.hashedPassword.value", "user.password",
             "user.otpCode"),
    notes=(
        "Machine users have no address, so they are rejected.",
        "Login names look like emails, and are none: their domain is that of the organization.",
        "States are written as USER_STATE_ACTIVE; the export of organizations has none.",
    ),
)  # fmt: skip

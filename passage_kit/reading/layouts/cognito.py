"""Amazon Cognito: a user pool's users by ListUsers, or as CSV with the header of the import job."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="cognito",
    title="Amazon Cognito",
    link="https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html",
    signs=(
        ("Username", "UserStatus", "Enabled"),
        ("Username", "UserCreateDate"),
        ("Username", "Enabled", "Attributes.sub"),
        ("cognito:username", "cognito:mfa_enabled"),
        ("cognito:username", "email_verified"),
    ),
    records=("Users", "[].Users"),
    email=("Attributes.email", "UserAttributes.email", "email"),
    phone=("Attributes.phone_number", "UserAttributes.phone_number", "phone_number"),
    source_key=("Attributes.sub", "UserAttributes.sub", "sub", "Username", "cognito:username"),
    order=("UserLastModifiedDate", "UserCreateDate", "updated_at"),
    account_state=("Enabled",),
    fields={
        "first name": ("Attributes.given_name", "UserAttributes.given_name", "given_name"),
        "last name": ("Attributes.family_name", "UserAttributes.family_name", "family_name"),
        "name": ("Attributes.name", "UserAttributes.name", "name"),
        "birth date": ("Attributes.birthdate", "UserAttributes.birthdate", "birthdate"),
        "gender": ("Attributes.gender", "UserAttributes.gender", "gender"),
        "language": ("Attributes.locale", "UserAttributes.locale", "locale"),
        "created at": ("UserCreateDate",),
        "updated at": ("UserLastModifiedDate", "updated_at"),
        "email verified": ("Attributes.email_verified", "UserAttributes.email_verified", "email_verified"),
        "phone verified": ("Attributes.phone_number_verified", "UserAttributes.phone_number_verified",
                           "phone_number_verified"),
        "active": ("Enabled",),
        "username": ("Attributes.preferred_username", "UserAttributes.preferred_username", "preferred_username",
                     "Username", "cognito:username"),
    },
    verified=("Attributes.email_verified", "Attributes.phone_number_verified", "email_verified",
              "phone_number_verified"),
    notes=(
        "Attributes are a list of names and values.",
        "Only the email and phone with a verified flag of true are confirmed.",
        "A comma within a value of the CSV file is written with a backslash before it.",
        "The attribute identities names accounts at other providers, not emails of the person's own.",
    ),
)  # fmt: skip

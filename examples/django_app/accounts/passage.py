"""How the project's users sign in."""

import os

from passage_kit.golive import Authenticator, Directory, DjangoUsers, TokenVerifier

verifier = TokenVerifier(os.environ["PASSAGE_APP_ID"], auth_url=os.environ["PASSAGE_AUTH_URL"])
authenticator = Authenticator(verifier, DjangoUsers(), Directory())

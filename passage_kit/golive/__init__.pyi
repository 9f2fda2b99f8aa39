from .authenticator import AsyncAuthenticator, Authenticator
from .directory import Directory, PassagePerson
from .django.backend import DjangoBackend
from .django.drf import DrfAuthentication
from .django.middleware import DjangoMiddleware
from .django.requests import passage_required
from .django.users import DjangoUsers
from .fastapi import FastApiUser
from .flask import FlaskPassage
from .incoming import Incoming
from .link_decisions import list_links, open_holds, settle_hold, undo_link
from .reflected_users import open_users_table
from .refusals import (
    AccountHeldError,
    AuthenticationUnavailableError,
    NotAuthenticatedError,
    OriginRefusedError,
    RequestRefusedError,
)
from .sample_shop import SampleShop, Visit
from .sql_links import links_table
from .sql_users import AsyncSqlUsers, SqlUsers
from .starlette import StarletteBackend, answer_refusal, starlette_user
from .stores import AsyncUserStore, LinkNote, Match, UserStore
from .tokens import TokenVerifier, VerifiedToken

__all__ = [
    "AccountHeldError",
    "AsyncAuthenticator",
    "AsyncSqlUsers",
    "AsyncUserStore",
    "AuthenticationUnavailableError",
    "Authenticator",
    "Directory",
    "DjangoBackend",
    "DjangoMiddleware",
    "DjangoUsers",
    "DrfAuthentication",
    "FastApiUser",
    "FlaskPassage",
    "Incoming",
    "LinkNote",
    "Match",
    "NotAuthenticatedError",
    "OriginRefusedError",
    "PassagePerson",
    "RequestRefusedError",
    "SampleShop",
    "SqlUsers",
    "StarletteBackend",
    "TokenVerifier",
    "UserStore",
    "VerifiedToken",
    "Visit",
    "answer_refusal",
    "links_table",
    "list_links",
    "open_holds",
    "open_users_table",
    "passage_required",
    "settle_hold",
    "starlette_user",
    "undo_link",
]

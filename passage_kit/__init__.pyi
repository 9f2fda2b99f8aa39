__version__: str

from .api import PassageClient
from .console import write_console_csv
from .duplicates import merge_duplicates
from .errors import (
    AccountingError,
    ApiError,
    CredentialsError,
    FieldsError,
    JournalError,
    KeyRefusedError,
    MappingError,
    MissingExtraError,
    NoAnswerError,
    NotFoundError,
    OptionError,
    OutputError,
    PassageKitError,
    PlanError,
    PushError,
    SourceError,
    TemplateError,
)
from .fields import MetadataField, MetadataSchema
from .identifiers import normalize_identifiers
from .mapping import FieldMapping, apply_mapping
from .plan import Plan
from .preparation import prepare
from .prepared import Prepared
from .push import push_users
from .readers import read_users
from .report import write_report
from .schema import build_schema, validate_users
from .suggest import suggest_mapping
from .undo import undo_push
from .values import normalize_values
from .verify import verify_push
from .workspace import Workspace

__all__ = [
    "AccountingError",
    "ApiError",
    "CredentialsError",
    "FieldMapping",
    "FieldsError",
    "JournalError",
    "KeyRefusedError",
    "MappingError",
    "MetadataField",
    "MetadataSchema",
    "MissingExtraError",
    "NoAnswerError",
    "NotFoundError",
    "OptionError",
    "OutputError",
    "PassageClient",
    "PassageKitError",
    "Plan",
    "PlanError",
    "Prepared",
    "PushError",
    "SourceError",
    "TemplateError",
    "Workspace",
    "apply_mapping",
    "build_schema",
    "merge_duplicates",
    "normalize_identifiers",
    "normalize_values",
    "prepare",
    "push_users",
    "read_users",
    "suggest_mapping",
    "undo_push",
    "validate_users",
    "verify_push",
    "write_console_csv",
    "write_report",
]

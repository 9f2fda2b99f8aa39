__version__: str

from .api import PassageClient
from .console import write_console_csv
from .duplicates import merge_duplicates
from .errors import (
    AccountingError,
    ApiError,
    CredentialsError,
    DatabaseError,
    FieldsError,
    JournalError,
    KeyRefusedError,
    MappingError,
    MissingExtraError,
    NoAnswerError,
    NotFoundError,
    OptionError,
    OutputError,
    PassageIdsError,
    PassageKitError,
    PlanError,
    PushError,
    SourceError,
    TemplateError,
    WriteBackError,
)
from .fields import MetadataField, MetadataSchema
from .identifiers import normalize_identifiers
from .mapping import FieldMapping, apply_mapping
from .passage_ids import read_passage_ids
from .plan import Plan
from .preparation import prepare
from .prepared import Prepared
from .push import push_users
from .readers import read_users
from .report import write_report
from .schema import build_schema, validate_users
from .suggest import suggest_mapping
from .undo import undo_push
from .users_table import UsersTable
from .values import normalize_values
from .verify import verify_push
from .workspace import Workspace
from .writeback import write_passage_ids
from .writeback_result import WriteBack
from .writeback_undo import WriteBackUndone, undo_write_back

__all__ = [
    "AccountingError",
    "ApiError",
    "CredentialsError",
    "DatabaseError",
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
    "PassageIdsError",
    "PassageKitError",
    "Plan",
    "PlanError",
    "Prepared",
    "PushError",
    "SourceError",
    "TemplateError",
    "UsersTable",
    "Workspace",
    "WriteBack",
    "WriteBackError",
    "WriteBackUndone",
    "apply_mapping",
    "build_schema",
    "merge_duplicates",
    "normalize_identifiers",
    "normalize_values",
    "prepare",
    "push_users",
    "read_passage_ids",
    "read_users",
    "suggest_mapping",
    "undo_push",
    "undo_write_back",
    "validate_users",
    "verify_push",
    "write_console_csv",
    "write_passage_ids",
    "write_report",
]

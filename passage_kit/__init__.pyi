__version__: str

from .console import write_console_csv
from .duplicates import merge_duplicates
from .errors import (
    AccountingError,
    DatabaseError,
    FieldsError,
    MappingError,
    MissingExtraError,
    OptionError,
    OutputError,
    PassageIdsError,
    PassageKitError,
    PlanError,
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
from .readers import read_users
from .report import write_report
from .schema import build_schema, validate_users
from .suggest import suggest_mapping
from .users_table import UsersTable
from .values import normalize_values
from .workspace import Workspace
from .writeback import write_passage_ids
from .writeback_result import WriteBack
from .writeback_undo import WriteBackUndone, undo_write_back

__all__ = [
    "AccountingError",
    "DatabaseError",
    "FieldMapping",
    "FieldsError",
    "MappingError",
    "MetadataField",
    "MetadataSchema",
    "MissingExtraError",
    "OptionError",
    "OutputError",
    "PassageIdsError",
    "PassageKitError",
    "Plan",
    "PlanError",
    "Prepared",
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
    "read_passage_ids",
    "read_users",
    "suggest_mapping",
    "undo_write_back",
    "validate_users",
    "write_console_csv",
    "write_passage_ids",
    "write_report",
]

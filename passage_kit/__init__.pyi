__version__: str

from .console import write_console_csv
from .duplicates import merge_duplicates
from .errors import (
    AccountingError,
    FieldsError,
    MappingError,
    MissingExtraError,
    OptionError,
    OutputError,
    PassageKitError,
    PlanError,
    SourceError,
    TemplateError,
)
from .fields import MetadataField, MetadataSchema
from .identifiers import normalize_identifiers
from .mapping import FieldMapping, apply_mapping
from .plan import Plan
from .preparation import prepare
from .prepared import Prepared
from .readers import read_users
from .report import write_report
from .schema import build_schema, validate_users
from .suggest import suggest_mapping
from .values import normalize_values
from .workspace import Workspace

__all__ = [
    "AccountingError",
    "FieldMapping",
    "FieldsError",
    "MappingError",
    "MetadataField",
    "MetadataSchema",
    "MissingExtraError",
    "OptionError",
    "OutputError",
    "PassageKitError",
    "Plan",
    "PlanError",
    "Prepared",
    "SourceError",
    "TemplateError",
    "Workspace",
    "apply_mapping",
    "build_schema",
    "merge_duplicates",
    "normalize_identifiers",
    "normalize_values",
    "prepare",
    "read_users",
    "suggest_mapping",
    "validate_users",
    "write_console_csv",
    "write_report",
]

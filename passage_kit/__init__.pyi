__version__: str

from .api.client import PassageClient
from .cluster.anywhere import prepare
from .cluster.prepare import prepare_on_cluster
from .cluster.result import PreparedOnCluster
from .cutover.status import Status, find_status
from .drift.contact import Contact, fresh_contact
from .drift.find import find_drift
from .drift.mend import Mended, mend_drift
from .drift.result import Drift
from .duplicates.decisions import decide
from .duplicates.merge import merge_duplicates
from .errors import (
    AccountingError,
    ApiError,
    BusyError,
    ContradictionError,
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
from .export.console_csv import write_console_csv
from .export.report import write_report
from .findings.findings import count_findings, describe_findings
from .identifiers.identifiers import normalize_identifiers
from .mapping.mapped_users import apply_mapping, unmapped_columns
from .mapping.mapping import FieldMapping
from .mapping.planned_step import ValueStep
from .mapping.spellings import find_spellings
from .mapping.suggest import suggest_mapping
from .mapping.value_steps import apply_value_steps
from .metadata.console_template import read_template
from .metadata.field_values import normalize_values
from .metadata.fields import MetadataSchema
from .metadata.metadata_field import MetadataField
from .metadata.pandera_schema import build_schema, validate_users
from .metadata.proposed_fields import propose_fields
from .preparation.accounts import judge_accounts
from .preparation.outputs import output_files
from .preparation.prepared import Prepared
from .push.push import push_users
from .push.rehearsal import SandboxClient
from .push.undo import undo_push
from .push.verify import verify_push
from .reading.first_look import first_look
from .reading.layouts_table import layouts
from .reading.readers import read_source, read_users
from .words.record import note_words_sent
from .words.texts import Word
from .words.write import Words, write_words
from .workspace.changes import list_changes, redo_change, undo_change
from .workspace.corrections import apply_corrections, correct, take_back
from .workspace.fixes import Fixes
from .workspace.former_list import bring_back_list, change_list
from .workspace.history import Change
from .workspace.loaded_fixes import load_fixes
from .workspace.options import Options
from .workspace.plan import Plan
from .workspace.workspace import Workspace
from .writeback.passage_ids import read_passage_ids
from .writeback.users_table import UsersTable
from .writeback.writeback import write_passage_ids
from .writeback.writeback_result import WriteBack
from .writeback.writeback_undo import WriteBackUndone, undo_write_back

__all__ = [
    "AccountingError",
    "ApiError",
    "BusyError",
    "Change",
    "Contact",
    "ContradictionError",
    "CredentialsError",
    "DatabaseError",
    "Drift",
    "FieldMapping",
    "FieldsError",
    "Fixes",
    "JournalError",
    "KeyRefusedError",
    "MappingError",
    "Mended",
    "MetadataField",
    "MetadataSchema",
    "MissingExtraError",
    "NoAnswerError",
    "NotFoundError",
    "OptionError",
    "Options",
    "OutputError",
    "PassageClient",
    "PassageIdsError",
    "PassageKitError",
    "Plan",
    "PlanError",
    "Prepared",
    "PreparedOnCluster",
    "PushError",
    "SandboxClient",
    "SourceError",
    "Status",
    "TemplateError",
    "UsersTable",
    "ValueStep",
    "Word",
    "Words",
    "Workspace",
    "WriteBack",
    "WriteBackError",
    "WriteBackUndone",
    "apply_corrections",
    "apply_mapping",
    "apply_value_steps",
    "bring_back_list",
    "build_schema",
    "change_list",
    "correct",
    "count_findings",
    "decide",
    "describe_findings",
    "find_drift",
    "find_spellings",
    "find_status",
    "first_look",
    "fresh_contact",
    "judge_accounts",
    "layouts",
    "list_changes",
    "load_fixes",
    "mend_drift",
    "merge_duplicates",
    "normalize_identifiers",
    "normalize_values",
    "note_words_sent",
    "output_files",
    "prepare",
    "prepare_on_cluster",
    "propose_fields",
    "push_users",
    "read_passage_ids",
    "read_source",
    "read_template",
    "read_users",
    "redo_change",
    "suggest_mapping",
    "take_back",
    "undo_change",
    "undo_push",
    "undo_write_back",
    "unmapped_columns",
    "validate_users",
    "verify_push",
    "write_console_csv",
    "write_passage_ids",
    "write_report",
    "write_words",
]

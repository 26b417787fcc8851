//! Takes tables of obligations into the ledger, all or nothing: compares them with what their lists hold, then writes.
//!
//! Must not know: files, how a date is computed. A table is read as often as needed and never held as a whole: first it is
//! compared, then it is read again and put together, both outside the write lock; then one transaction writes it, unless
//! others have changed the ledger meanwhile: then it is compared anew.
//! Callers: `cli`, `add`; `follow_up` for `summary`.

mod anchors;
mod answers;
mod batch;
mod compare;
mod comparison;
mod completion;
mod date_doubt;
mod error;
mod fault;
mod fields;
mod import;
mod ledger;
mod list;
mod parties;
mod reference;
mod rows;
mod series;
mod similar;
mod summary;
mod tables;
mod terms;
mod undo;
mod whole;

pub use answers::Answers;
pub use comparison::{
    ChangedRow, Comparison, Doubt, GoneDuty, ListComparison, MOST_NAMED, Named, Pair, Resemblance,
    Side,
};
pub use completion::CompletionFault;
pub use date_doubt::DateDoubt;
pub use error::ImportObligationsError;
pub use fault::{ObligationFault, ObligationFaultKind, Place};
pub use fields::{Field, FieldChange};
pub use import::{Import, import_obligations};
pub use parties::PartyFault;
pub(super) use summary::summary;
pub use tables::{ListedTable, TableRows};
pub use terms::TermFault;
pub use undo::{UndoObstacle, UndoRefusal, Undone, obstacle, undo_import};

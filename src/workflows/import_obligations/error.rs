//! Why tables are not imported.
//!
//! Must not know: files and lines, hints, exit codes. Callers: this folder, `add`; `cli` prints it.

use super::comparison::Comparison;
use super::fault::ObligationFault;
use crate::storage::StorageError;
use crate::words::{Lang, Say};

/// Why a list was not taken in; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum ImportObligationsError {
    Rejected(Vec<ObligationFault>),
    /// A row is about a known duty and says something else; the caller has to say whether it revises it.
    Differs(Box<Comparison>),
    Storage(#[from] StorageError),
}

impl Say for ImportObligationsError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Rejected(faults) => {
                let lines: Vec<String> = faults.iter().map(|fault| fault.kind.say(lang)).collect();
                lines.join(lang.pick("；", "; "))
            }
            Self::Differs(_) => lang
                .pick(
                    "有的行与台账中同一编号的事项不同，须由人确认",
                    "rows differ from the duties the ledger has under the same reference; a person has to decide",
                )
                .to_owned(),
            Self::Storage(error) => error.say(lang),
        }
    }
}

//! Takes a whole import back: what it added leaves the ledger or is withdrawn, what it changed stands as before.
//!
//! Must not know: tables. What nobody was told of and nobody worked with is removed, so that the right table can be
//! imported; what somebody knows of is withdrawn and stays on record. Callers: `cli`.

use super::summary::summary;
use crate::domain::deadline::{Adjustment, DeadlineFault};
use crate::domain::directory::Directory;
use crate::domain::journal::Action;
use crate::domain::obligation::{Obligation, ObligationId, journal_subject};
use crate::storage::StorageError;
use crate::storage::imports::{AddedDuty, FormerDuty, ImportRecord, Undo};
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::storage::obligations::{Registration, Revision, SeriesEnd};
use crate::words;
use crate::words::{Lang, Say};
use crate::workflows::{Context, project, recalculate};

/// What moved a date back; told to those who know the other one.
const UNDONE: &str = "撤回导入";

/// What was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    pub import: ImportRecord,
    /// Obligations that left the ledger.
    pub removed: usize,
    /// References of those that are withdrawn, because somebody was told of them or worked with them.
    pub withdrawn: Vec<String>,
    /// References of those about which mail went out or is about to.
    pub mailed: Vec<String>,
    /// References of those that stand as before the import.
    pub restored: Vec<String>,
}

/// Why an import is not taken back; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum UndoRefusal {
    NoImport {
        number: i64,
    },
    AlreadyUndone {
        number: i64,
    },
    /// A later import changed duties of the same list.
    ChangedSince {
        number: i64,
        later: i64,
    },
    /// Under the law in force the former inputs give no date.
    NoDate(#[from] DeadlineFault),
    Storage(#[from] StorageError),
}

impl Say for UndoRefusal {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::NoImport { number } => {
                words!(lang, zh = "没有第{number}次导入", en = "there is no import {number}")
            }
            Self::AlreadyUndone { number } => words!(
                lang,
                zh = "第{number}次导入此前已撤回",
                en = "import {number} was taken back before"
            ),
            Self::ChangedSince { number, later } => words!(
                lang,
                zh = "第{number}次导入之后，第{later}次导入又修改了同一清单",
                en = "import {later} has changed the same list after import {number}"
            ),
            Self::NoDate(fault) => fault.say(lang),
            Self::Storage(error) => error.say(lang),
        }
    }
}

/// What prevents that an import on record is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoObstacle {
    /// It was taken back already.
    Undone,
    /// A later import changed obligations of the same list; that one must be taken back first.
    ChangedBy { later: i64 },
}

/// What prevents that `import`, one of `imports`, is taken back.
pub fn obstacle(imports: &[ImportRecord], import: &ImportRecord) -> Option<UndoObstacle> {
    if import.undone_at.is_some() {
        return Some(UndoObstacle::Undone);
    }
    let has_changed = |it: &&ImportRecord| {
        it.number > import.number
            && it.list == import.list
            && it.undone_at.is_none()
            && it.revised + it.withdrawn > 0
    };
    let later = imports.iter().rfind(has_changed)?;
    Some(UndoObstacle::ChangedBy { later: later.number })
}

/// Takes an import back.
///
/// # Errors
///
/// [`UndoRefusal`].
pub async fn undo_import(
    context: Context<'_>,
    number: i64,
    reason: Option<String>,
) -> Result<Undone, UndoRefusal> {
    let store = context.store;
    let imports = store.imports().await?;
    let import = imports.iter().find(|it| it.number == number).cloned();
    let import = import.ok_or(UndoRefusal::NoImport { number })?;
    match obstacle(&imports, &import) {
        None => {}
        Some(UndoObstacle::Undone) => return Err(UndoRefusal::AlreadyUndone { number }),
        Some(UndoObstacle::ChangedBy { later }) => {
            return Err(UndoRefusal::ChangedSince { number, later });
        }
    }
    let mut undoing = Undoing {
        context,
        reason,
        undo: Undo { number, ..Undo::default() },
        entries: Vec::new(),
        undone: Undone {
            import,
            removed: 0,
            withdrawn: Vec::new(),
            mailed: Vec::new(),
            restored: Vec::new(),
        },
    };
    undoing.take_back(store.added_by_import(number).await?);
    undoing.restore(store.former_duties(number).await?).await?;
    let Undoing { undo, mut entries, undone, reason, .. } = undoing;
    let mut entry = context.entry(Action::UndoImport, format!("import {number}"));
    let (removed, withdrawn) = (undone.removed, undone.withdrawn.len());
    let restored = undone.restored.len();
    entry.after = Some(Fact::ImportUndone { removed, withdrawn, restored }.into());
    entry.reason = reason;
    entries.push(entry);
    store.undo_import(&undo, context.now, &entries).await?;
    Ok(undone)
}

struct Undoing<'a> {
    context: Context<'a>,
    reason: Option<String>,
    undo: Undo,
    entries: Vec<Entry>,
    undone: Undone,
}

impl Undoing<'_> {
    fn take_back(&mut self, added: Vec<AddedDuty>) {
        for AddedDuty { id, reference, is_mailed, is_worked_on, opens_others } in added {
            let action =
                if is_mailed || is_worked_on { Action::Withdraw } else { Action::UndoImport };
            let subject = journal_subject(&self.undone.import.list, &reference);
            let mut entry = self.context.entry(action, subject);
            entry.after = Some(Fact::WithImportUndone { import: self.undo.number }.into());
            entry.reason.clone_from(&self.reason);
            self.entries.push(entry);
            if is_mailed {
                self.undone.mailed.push(reference.clone());
            }
            if is_mailed || is_worked_on {
                self.undo.withdrawn.push(id);
                self.undone.withdrawn.push(reference);
                if opens_others {
                    let on = self.context.now.today();
                    self.undo.ended.push(SeriesEnd { id, on });
                }
            } else {
                self.undo.removed.push(id);
                self.undone.removed += 1;
            }
        }
    }

    async fn restore(&mut self, former: Vec<FormerDuty>) -> Result<(), UndoRefusal> {
        if former.is_empty() {
            return Ok(());
        }
        let store = self.context.store;
        let directory = store.directory().await?;
        let ids: Vec<ObligationId> = former.iter().map(|it| it.id).collect();
        let adjustments = store.adjustments(&ids).await?;
        let present = store.obligations_by_key(&ids).await?;
        for (former, present) in former.into_iter().zip(&present) {
            let earlier = adjustments.get(&present.id).map_or(&[][..], Vec::as_slice);
            let revision = self.revision(&directory, former, present, earlier)?;
            let registration = &revision.registration;
            let deadline = registration.projection.deadline.as_ref();
            let subject = registration.inputs.journal_subject();
            let mut entry = self.context.entry(Action::Revise, subject);
            entry.before = Some(summary(&present.inputs, present.deadline.as_ref()));
            entry.after = Some(summary(&registration.inputs, deadline));
            entry.reason.clone_from(&self.reason);
            self.entries.push(entry);
            self.undone.restored.push(registration.inputs.full_reference());
            self.undo.revised.push(revision);
        }
        Ok(())
    }

    fn revision(
        &self,
        directory: &Directory,
        former: FormerDuty,
        present: &Obligation,
        adjustments: &[Adjustment],
    ) -> Result<Revision, UndoRefusal> {
        let FormerDuty { id, inputs, lead, responsible, performers, .. } = former;
        let law = self.context.law.for_units(directory, &lead, &responsible);
        let projection = project::project(law, &inputs, adjustments)?;
        let change = recalculate::change(present, &projection, UNDONE);
        // The former end is restored beside, for it may have been none.
        let registration = Registration {
            projection,
            inputs,
            lead,
            responsible,
            performers,
            ends_on: None,
            completion: None,
            start: None,
        };
        Ok(Revision { id, registration, change, revives: false })
    }
}

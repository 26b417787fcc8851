//! Everything that can end a command, gathered in one type; each cause says itself.
//!
//! Must not know: hints and exit codes (`hints`).

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::due_fault::DueFault;
use crate::config::ConfigFault;
use crate::daemon::{LockError, RenewalError, ScheduleError};
use crate::domain::calendar::CalendarFault;
use crate::domain::counting::CountingFault;
use crate::domain::deadline::DeadlineFault;
use crate::domain::directory::DirectoryFault;
use crate::intake::RowFault;
use crate::intake::document::DocumentFault;
use crate::intake::holiday_notice::HolidayNoticeFault;
use crate::logging::LoggingError;
use crate::mail::compose::ComposeFault;
use crate::storage::StorageError;
use crate::storage::journal::ChainFault;
use crate::views::import::pair_lines;
use crate::wiring::WiringFault;
use crate::words;
use crate::words::{Lang, Say};
use crate::workflows::add::AddError;
use crate::workflows::import_obligations::{
    Comparison, ImportObligationsError, ObligationFault, ObligationFaultKind, UndoRefusal,
};
use crate::workflows::import_units::ImportUnitsError;
use crate::workflows::steer_outbox::SteerError;
use crate::workflows::{NotFound, Refused};

/// What ended a command.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.lines(Lang::En).join("; "))]
pub(super) enum Failure {
    Config(Vec<ConfigFault>),
    Storage(#[from] StorageError),
    Refused(#[from] Refused),
    Counting(#[from] CountingFault),
    Due(#[from] DueFault),
    /// Notices that cannot be read.
    Notices(Vec<ConfigFault>),
    /// A text that is no holiday notice, or whose days do not fit.
    HolidayNotice {
        path: PathBuf,
        faults: Vec<HolidayNoticeFault>,
    },
    /// Notices that do not make a calendar together with the known ones.
    Calendar(CalendarFault),
    /// Rows of files that cannot be read.
    Rows(Vec<RowFault>),
    /// Rows of a list of obligations that cannot be read, and others that cannot be imported.
    Obligations {
        unread: Vec<RowFault>,
        refused: Vec<ObligationFault>,
        /// The files, in the order of the tables; empty when the row came from the command line.
        files: Vec<String>,
    },
    /// Rows that may be about another obligation than the ledger has under their reference.
    Differs(Box<Comparison>),
    /// An import that is not taken back.
    Undo(UndoRefusal),
    /// An obligation cannot be added as asked.
    Add(AddError),
    /// Rows of a list of units that contradict each other or the ledger.
    Units(Vec<(RowPlace, DirectoryFault)>),
    Wiring(#[from] Box<WiringFault>),
    /// A file that cannot be read or written.
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    Document {
        path: PathBuf,
        fault: DocumentFault,
    },
    Steer(#[source] SteerError),
    Chain(ChainFault),
    /// The first day is after the last.
    Backwards {
        from: Date,
        to: Date,
    },
    /// The folder of the demonstration must be empty.
    FolderNotEmpty {
        path: PathBuf,
    },
    Lock(#[from] LockError),
    /// No open item has these keys.
    NotOpenItems(Vec<String>),
    /// The clock of this machine was asked about in a run with `--as-of`.
    AssumedClock,
    /// `--as-of` with a relay that hands mail to people.
    AssumedTime {
        relay: String,
    },
    Schedule(#[from] ScheduleError),
    Compose(ComposeFault),
    Logging(#[from] LoggingError),
    /// The output cannot be written.
    Output(#[from] std::io::Error),
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowPlace {
    /// The file, as named on the command line.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

impl Failure {
    /// True when nobody reads the output any more (`duban upcoming | head`), which is not a failure at all.
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// One line for each fault.
    pub(super) fn lines(&self, lang: Lang) -> Vec<String> {
        let line = match self {
            Self::Config(faults) | Self::Notices(faults) => return said(faults, lang),
            Self::HolidayNotice { path, faults } => return holiday_notice(path, faults, lang),
            Self::Rows(faults) => return said(faults, lang),
            Self::Obligations { unread, refused, files } => {
                return obligations(unread, refused, files, lang);
            }
            Self::Differs(comparison) => {
                let suspicious = comparison.suspicious();
                return suspicious
                    .flat_map(|(list, pair)| pair_lines(&list.file, pair, lang))
                    .collect();
            }
            Self::Undo(refusal) => refusal.say(lang),
            Self::Units(faults) => return units(faults, lang),
            Self::Wiring(fault) => return fault.lines(lang),
            Self::NotOpenItems(keys) => return not_open(keys, lang),
            Self::Storage(error) => error.say(lang),
            Self::Refused(refused) => refused.say(lang),
            Self::Counting(fault) => fault.say(lang),
            Self::Due(fault) => fault.say(lang),
            Self::Calendar(fault) => fault.say(lang),
            Self::Add(error) => error.say(lang),
            Self::File { path, source } => about(path, &source.say(lang), lang),
            Self::Document { path, fault } => about(path, &fault.say(lang), lang),
            Self::Steer(error) => error.say(lang),
            Self::Chain(fault) => fault.say(lang),
            Self::Backwards { from, to } => words!(
                lang,
                zh = "止期{to}早于起期{from}",
                en = "the last day, {to}, is before the first, {from}"
            ),
            Self::FolderNotEmpty { path } => words!(
                lang,
                zh = "文件夹{path}不是空的",
                en = "the folder {path} is not empty",
                path = path.display()
            ),
            Self::Lock(error) => error.say(lang),
            Self::AssumedClock => lang
                .pick(
                    "--clock 确认的是本机时钟，不能与 --as-of 同时使用",
                    "--clock confirms the clock of this machine, so --as-of cannot be used with it",
                )
                .to_owned(),
            Self::AssumedTime { relay } => words!(
                lang,
                zh = "--as-of 是假定的时间，而邮件服务器 {relay} 会把邮件真正发给各单位",
                en = "--as-of assumes a time, but the relay {relay} would deliver the mails to people"
            ),
            Self::Schedule(error) => error.say(lang),
            Self::Compose(fault) => fault.say(lang),
            Self::Logging(error) => error.say(lang),
            Self::Output(error) => words!(
                lang,
                zh = "无法写出结果：{reason}",
                en = "cannot write the output: {reason}",
                reason = error.say(lang)
            ),
        };
        vec![line]
    }
}

fn holiday_notice(path: &Path, faults: &[HolidayNoticeFault], lang: Lang) -> Vec<String> {
    let path = path.display();
    let line = |fault: &HolidayNoticeFault| {
        let fault = fault.say(lang);
        words!(lang, zh = "{path}：{fault}", en = "{path} {fault}")
    };
    faults.iter().map(line).collect()
}

fn about(path: &Path, reason: &str, lang: Lang) -> String {
    let path = path.display();
    words!(lang, zh = "{path}：{reason}", en = "{path}: {reason}")
}

fn units(faults: &[(RowPlace, DirectoryFault)], lang: Lang) -> Vec<String> {
    let line = |(place, fault): &(RowPlace, DirectoryFault)| {
        let (place, said) = (lang.line_of(&place.file, place.line), fault.say(lang));
        words!(lang, zh = "{place}：{said}", en = "{place}: {said}")
    };
    faults.iter().map(line).collect()
}

fn not_open(keys: &[String], lang: Lang) -> Vec<String> {
    let line = |key: &String| {
        words!(lang, zh = "没有待处理的“{key}”", en = "no open item has the key `{key}`")
    };
    keys.iter().map(line).collect()
}

fn said(faults: &[impl Say], lang: Lang) -> Vec<String> {
    faults.iter().map(|fault| fault.say(lang)).collect()
}

/// The faults of a list of obligations, in the order of its rows.
fn obligations(
    unread: &[RowFault],
    refused: &[ObligationFault],
    files: &[String],
    lang: Lang,
) -> Vec<String> {
    let unread = unread.iter().map(|fault| (fault.file.as_str(), fault.line, fault.say(lang)));
    let refused = refused.iter().map(|fault| {
        let first = place_of_first(&fault.kind, files, lang);
        let said = fault.kind.say_with_place(lang, first.as_deref());
        let line = fault.place.line;
        match files.get(fault.place.table) {
            None => ("", None, said),
            Some(file) => {
                let place = lang.line_of(file, line);
                let text = words!(lang, zh = "{place}：{said}", en = "{place}: {said}");
                (file.as_str(), Some(line), text)
            }
        }
    });
    let mut lines: Vec<_> = unread.chain(refused).collect();
    lines.sort_by_key(|(file, line, _)| (*file, *line));
    lines.into_iter().map(|(_, _, text)| text).collect()
}

/// Where the other row of a repeated reference stands.
fn place_of_first(kind: &ObligationFaultKind, files: &[String], lang: Lang) -> Option<String> {
    let first = match kind {
        ObligationFaultKind::SameReference { first, .. } => first,
        ObligationFaultKind::Lead(_)
        | ObligationFaultKind::Responsible(_)
        | ObligationFaultKind::NobodyOwesIt
        | ObligationFaultKind::Term(_)
        | ObligationFaultKind::NoWhole { .. }
        | ObligationFaultKind::UnknownNext { .. }
        | ObligationFaultKind::StartsItself
        | ObligationFaultKind::SeriesReplaced { .. }
        | ObligationFaultKind::NoDate(_)
        | ObligationFaultKind::StartsInRing { .. }
        | ObligationFaultKind::Completion(_) => return None,
    };
    Some(lang.line_of(files.get(first.table)?, first.line))
}

impl From<NotFound> for Failure {
    fn from(fault: NotFound) -> Self {
        Self::Refused(fault.into())
    }
}

impl From<DeadlineFault> for Failure {
    fn from(fault: DeadlineFault) -> Self {
        Self::Refused(fault.into())
    }
}

impl From<SteerError> for Failure {
    fn from(error: SteerError) -> Self {
        match error {
            SteerError::Storage(error) => Self::Storage(error),
            refused @ (SteerError::UnknownMessage(_)
            | SteerError::WrongState { .. }
            | SteerError::Miscounted { .. }) => Self::Steer(refused),
        }
    }
}

impl From<WiringFault> for Failure {
    fn from(fault: WiringFault) -> Self {
        Self::Wiring(Box::new(fault))
    }
}

impl From<RenewalError> for Failure {
    fn from(error: RenewalError) -> Self {
        match error {
            RenewalError::Storage(error) => Self::Storage(error),
            RenewalError::Wiring(fault) => fault.into(),
            RenewalError::Settings(faults) => faults.into(),
        }
    }
}

impl From<AddError> for Failure {
    fn from(error: AddError) -> Self {
        match error {
            error @ (AddError::Taken { .. }
            | AddError::Withdrawn { .. }
            | AddError::Doubtful { .. }) => Self::Add(error),
            AddError::Import(error) => obligations_failure(error, &[]),
        }
    }
}

impl From<Vec<ConfigFault>> for Failure {
    fn from(faults: Vec<ConfigFault>) -> Self {
        Self::Config(faults)
    }
}

/// Refuses days of which the first is after the last.
pub(super) fn in_order(from: Date, to: Date) -> Result<(), Failure> {
    if from <= to { Ok(()) } else { Err(Failure::Backwards { from, to }) }
}

/// Names the rows from which the faults of a list of units come.
pub(super) fn units_failure(error: ImportUnitsError, places: &[RowPlace]) -> Failure {
    match error {
        ImportUnitsError::Storage(error) => Failure::Storage(error),
        ImportUnitsError::Rejected(faults) => {
            let placed = |fault: DirectoryFault| Some((places.get(fault.entry())?.clone(), fault));
            Failure::Units(faults.into_iter().filter_map(placed).collect())
        }
    }
}

/// Names the rows from which the faults of a list of obligations come.
pub(super) fn obligations_failure(error: ImportObligationsError, files: &[String]) -> Failure {
    match error {
        ImportObligationsError::Storage(error) => Failure::Storage(error),
        ImportObligationsError::Differs(comparison) => Failure::Differs(comparison),
        ImportObligationsError::Rejected(refused) => {
            Failure::Obligations { unread: Vec::new(), refused, files: files.to_vec() }
        }
    }
}

impl From<UndoRefusal> for Failure {
    fn from(refusal: UndoRefusal) -> Self {
        match refusal {
            UndoRefusal::Storage(error) => Self::Storage(error),
            refused @ (UndoRefusal::NoImport { .. }
            | UndoRefusal::AlreadyUndone { .. }
            | UndoRefusal::ChangedSince { .. }
            | UndoRefusal::NoDate(_)) => Self::Undo(refused),
        }
    }
}

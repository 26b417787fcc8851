//! Everything that can end a command, gathered in one type.
//!
//! Must not know: the wording (`message`).

use std::path::PathBuf;

use jiff::civil::Date;

use super::due::DueFault;
use super::import_calendar::CalendarRefusal;
use crate::config::ConfigFault;
use crate::daemon::{LockError, RenewalError, ScheduleError};
use crate::domain::counting::CountingFault;
use crate::domain::directory::DirectoryFault;
use crate::intake::RowFault;
use crate::intake::document::DocumentFault;
use crate::logging::LoggingError;
use crate::mail::compose::ComposeFault;
use crate::storage::StorageError;
use crate::storage::journal::ChainFault;
use crate::wiring::WiringFault;
use crate::workflows::import_obligations::{ImportObligationsError, ObligationFault};
use crate::workflows::import_units::ImportUnitsError;
use crate::workflows::steer_outbox::SteerError;
use crate::workflows::{NotFound, Refused};

/// What ended a command.
#[derive(Debug)]
pub(super) enum Failure {
    /// The configuration is wrong.
    Config(Vec<ConfigFault>),
    /// The ledger failed.
    Storage(StorageError),
    /// A workflow refuses what it was asked.
    Refused(Refused),
    /// A reference that stands for another duty.
    Taken {
        /// The reference.
        reference: String,
    },
    /// A span that ends before it begins.
    Backwards {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// The calendar does not reach.
    Counting(CountingFault),
    /// Notices were not taken in.
    Calendar(CalendarRefusal),
    /// The calculator has no answer.
    Due(DueFault),
    /// Rows of files cannot be read.
    Rows(Vec<RowFault>),
    /// Rows of a list of obligations cannot be read, others cannot be taken in.
    Obligations {
        /// Those that cannot be read.
        unread: Vec<RowFault>,
        /// Those that cannot be taken in.
        refused: Vec<ObligationFault>,
        /// The places of all rows of the list.
        places: Vec<RowPlace>,
    },
    /// The law cannot be put together.
    Wiring(WiringFault),
    /// A list of units contradicts itself or the ledger; each fault with its place in a file.
    Units(Vec<(RowPlace, DirectoryFault)>),
    /// A file cannot be read.
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is no document that can be read.
    Document {
        /// The file.
        path: PathBuf,
        /// Why not.
        fault: DocumentFault,
    },
    /// An order about messages cannot be followed.
    Steer(SteerError),
    /// The journal does not hold together.
    Chain(ChainFault),
    /// A folder that must be empty is not.
    FolderNotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// Another daemon works on the ledger, or its lock cannot be taken.
    Lock(LockError),
    /// No open item has these keys.
    NotOpenItems(Vec<String>),
    /// The machine's clock was asked about in a run that assumes another moment.
    AssumedClock,
    /// The timetable cannot be set up.
    Schedule(ScheduleError),
    /// A mail template fails on a sample.
    Compose(ComposeFault),
    /// There is no log.
    Logging(LoggingError),
    /// The output cannot be written.
    Output(std::io::Error),
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
    /// True when nobody reads our output any more (`duban upcoming | head`): not a failure at all.
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<NotFound> for Failure {
    fn from(fault: NotFound) -> Self {
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
    fn from(faults: WiringFault) -> Self {
        Self::Wiring(faults)
    }
}

impl From<RenewalError> for Failure {
    fn from(error: RenewalError) -> Self {
        match error {
            RenewalError::Storage(error) => Self::Storage(error),
            RenewalError::Wiring(fault) => Self::Wiring(fault),
        }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        Self::Lock(error)
    }
}

impl From<ScheduleError> for Failure {
    fn from(error: ScheduleError) -> Self {
        Self::Schedule(error)
    }
}

impl From<LoggingError> for Failure {
    fn from(error: LoggingError) -> Self {
        Self::Logging(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Vec<ConfigFault>> for Failure {
    fn from(faults: Vec<ConfigFault>) -> Self {
        Self::Config(faults)
    }
}

/// Refuses a span that ends before it begins.
pub(super) fn in_order(from: Date, to: Date) -> Result<(), Failure> {
    if from <= to { Ok(()) } else { Err(Failure::Backwards { from, to }) }
}

/// Places the faults of a list of units at the rows they come from.
pub(super) fn units_failure(error: ImportUnitsError, places: &[RowPlace]) -> Failure {
    match error {
        ImportUnitsError::Storage(error) => Failure::Storage(error),
        ImportUnitsError::Rejected(faults) => {
            Failure::Units(placed(faults, DirectoryFault::entry, places))
        }
    }
}

/// Places the faults of a list of obligations at the rows they come from.
pub(super) fn obligations_failure(error: ImportObligationsError, places: &[RowPlace]) -> Failure {
    match error {
        ImportObligationsError::Storage(error) => Failure::Storage(error),
        ImportObligationsError::Rejected(faults) => {
            rejected_obligations(Vec::new(), faults, places)
        }
    }
}

/// Gathers all that is wrong with a list of obligations.
pub(super) fn rejected_obligations(
    unread: Vec<RowFault>,
    refused: Vec<ObligationFault>,
    places: &[RowPlace],
) -> Failure {
    Failure::Obligations { unread, refused, places: places.to_vec() }
}

fn placed<F>(
    faults: Vec<F>,
    entry: impl Fn(&F) -> usize,
    places: &[RowPlace],
) -> Vec<(RowPlace, F)> {
    faults
        .into_iter()
        .filter_map(|fault| Some((places.get(entry(&fault))?.clone(), fault)))
        .collect()
}

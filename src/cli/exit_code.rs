//! What the process's exit code says; promised in README and the systemd unit.
//!
//! Must not know: which command ran.

use std::process::ExitCode;

use crate::intake::converter::NO_PROGRAM;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// 0: done.
    Done,
    /// 1: a fault nobody foresaw.
    Unexpected,
    /// 2: the command line is wrong.
    Usage,
    /// 10: the configuration is wrong; a restart will not help.
    Configuration,
    /// 11: the database is unusable or corrupt, for good.
    Database,
    /// 12: the calendar does not reach.
    Calendar,
    /// 13: the relay is unreachable or refuses.
    Relay,
    /// 14: input was rejected.
    Rejected,
    /// 20: it worked, and something needs a person.
    NeedsPerson,
    /// 75: not now (`EX_TEMPFAIL` of sysexits.h): the disk is full or fails, another process holds the ledger; with
    /// `bounce --pipe` the mail is to be handed in again.
    TryAgain,
    /// 127: the converter that `extract` asked for is not installed (only `convert-inside`).
    NoProgram,
}

impl Exit {
    /// The number.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Unexpected => 1,
            Self::Usage => 2,
            Self::Configuration => 10,
            Self::Database => 11,
            Self::Calendar => 12,
            Self::Relay => 13,
            Self::Rejected => 14,
            Self::NeedsPerson => 20,
            Self::TryAgain => 75,
            Self::NoProgram => NO_PROGRAM,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

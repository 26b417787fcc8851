//! What can be wrong with a configuration.
//!
//! Must not know: how a person is told of it.

use std::path::PathBuf;

use crate::domain::address::AddressFault;

/// One fault of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where the value stands.
    pub place: Place,
    /// Dotted key; empty when the fault concerns the whole file.
    pub key: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File {
        /// Its path.
        path: PathBuf,
        /// Line, from 1, when known.
        line: Option<usize>,
    },
    /// An environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
    /// The built-in defaults.
    Default,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file cannot be read.
    Unreadable {
        /// What the system said.
        reason: std::io::ErrorKind,
    },
    /// The file is not UTF-8 (GBK?).
    NotUtf8,
    /// The file is not TOML.
    Syntax {
        /// What the parser said.
        message: String,
    },
    /// No such key.
    UnknownKey {
        /// The most similar key.
        similar: Option<&'static str>,
    },
    /// A value of another type.
    WrongType {
        /// What the key takes.
        expected: &'static str,
    },
    /// A word that is not among those allowed.
    NotOneOf {
        /// The value.
        value: String,
        /// What the key takes.
        allowed: &'static [&'static str],
    },
    /// A number outside its range.
    OutOfRange {
        /// The value.
        value: i64,
        /// Least value allowed.
        least: i64,
        /// Greatest value allowed.
        greatest: i64,
    },
    /// Not a mail address.
    NotAnAddress {
        /// The value.
        value: String,
        /// Why.
        fault: AddressFault,
    },
    /// Not a line of the scheduler.
    NotACronLine {
        /// The value.
        value: String,
        /// Why.
        reason: String,
    },
    /// Not a time of day.
    NotATime {
        /// The value.
        value: String,
    },
    /// Not a word with an internal target.
    NotATarget {
        /// The value.
        value: String,
    },
    /// The window for mail ends before it begins.
    WindowEndsBeforeItBegins,
    /// Empty although something else needs it.
    Needed {
        /// The key that needs it.
        by: &'static str,
    },
    /// A file with a secret that others may read.
    SecretReadableByOthers {
        /// The file.
        path: PathBuf,
    },
    /// The file with the relay's password is empty.
    NoPassword {
        /// The file.
        path: PathBuf,
    },
    /// A file named by the key cannot be used.
    FileUnusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::ErrorKind,
    },
}

//! Why a file cannot be read as a document.
//!
//! Must not know: how it is worded for people (`cli::message`).

/// A file that is no document for us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// Larger than is read.
    #[error("holds {bytes} bytes, more than {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest size.
        limit: usize,
    },
    /// Unpacks to more than is read: a damaged file or a trap.
    #[error("unpacks to more than {limit} bytes")]
    ExpandsTooFar {
        /// The largest unpacked size.
        limit: u64,
    },
    /// More cells than are read.
    #[error("holds more than {limit} cells")]
    TooManyCells {
        /// The most cells.
        limit: usize,
    },
    /// Nothing to read.
    #[error("holds no text")]
    Empty,
    /// No encoding fits.
    #[error("is no text in UTF-8, UTF-16 or GB18030 (line {line}, byte {at})")]
    NotText {
        /// The first byte that fits no encoding.
        at: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// Protected by a password.
    #[error("is encrypted")]
    Encrypted,
    /// A kind of file that is not read.
    #[error("is a {kind} file")]
    OtherKind {
        /// What it is.
        kind: &'static str,
        /// What to save it as.
        instead: &'static str,
    },
    /// The file says one kind but does not hold to it.
    #[error("is damaged ({part})")]
    Damaged {
        /// Which part.
        part: &'static str,
    },
}

//! Files named on the command line, read whole and never further than is of use.
//!
//! Must not know: what they hold.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::failure::Failure;
use crate::intake::document::DocumentFault;
use crate::intake::{LARGEST_FILE, LARGEST_TABLE};

/// The bytes of a file; one that is too large is refused without being read to its end, be it a file or a pipe.
pub(super) fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path, LARGEST_FILE)
}

/// The same for a file in UTF-8.
pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes_of(path)?).map_err(|fault| Failure::File {
        path: path.to_owned(),
        source: std::io::Error::new(std::io::ErrorKind::InvalidData, fault),
    })
}

/// The same for a table that is imported.
pub(super) fn bytes_of_table(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path, LARGEST_TABLE)
}

fn read(path: &Path, largest: usize) -> Result<Vec<u8>, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let limit = u64::try_from(largest).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > largest {
        let bytes = usize::try_from(size).unwrap_or(usize::MAX).max(bytes.len());
        let fault = DocumentFault::TooLarge { bytes, limit: largest };
        return Err(Failure::Document { path: path.to_owned(), fault });
    }
    Ok(bytes)
}

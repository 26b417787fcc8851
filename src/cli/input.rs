//! Files named on the command line, read whole and never further than is of use.
//!
//! Must not know: what they hold.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::failure::Failure;
use crate::intake::LARGEST_FILE;
use crate::intake::document::DocumentFault;

/// The bytes of a file; one that is too large is refused without being read to its end, be it a file or a pipe.
pub(super) fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let limit = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > LARGEST_FILE {
        let bytes = usize::try_from(size).unwrap_or(usize::MAX).max(bytes.len());
        let fault = DocumentFault::TooLarge { bytes, limit: LARGEST_FILE };
        return Err(Failure::Document { path: path.to_owned(), fault });
    }
    Ok(bytes)
}

//! Reads the text of a configuration file.
//!
//! Must not know: what the text means.

use std::path::Path;

use super::fault::{ConfigFault, FaultKind, Place};

/// Reads a file of ours as UTF-8, without a byte-order mark.
pub(super) fn read_file(path: &Path) -> Result<String, ConfigFault> {
    let bytes = std::fs::read(path)
        .map_err(|error| file_fault(path, FaultKind::Unreadable(error.kind())))?;
    let text = String::from_utf8(bytes).map_err(|_| file_fault(path, FaultKind::NotUtf8))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

pub(super) fn file_fault(path: &Path, kind: FaultKind) -> ConfigFault {
    let place = Place::File { path: path.to_owned(), line: None };
    ConfigFault { place, key: String::new(), kind }
}

/// Line of a byte offset, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

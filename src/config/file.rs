//! Reads the text of a configuration file.
//!
//! Must not know: what the text means.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::fault::{ConfigFault, FaultKind, Place};
use super::meaning_fault::MeaningFault;

/// No file of settings, rules, ladders or days is larger; a device is read no further.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Reads a file of ours as UTF-8, without a byte-order mark.
pub(super) fn read_file(path: &Path) -> Result<String, ConfigFault> {
    let unreadable = |error: io::Error| file_fault(path, FaultKind::Unreadable(error.kind()));
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LARGEST {
        return Err(file_fault(path, MeaningFault::TooLarge { limit: LARGEST }.into()));
    }
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

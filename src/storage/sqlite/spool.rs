//! Texts that wait to be written: in memory while they are few, then in a file without a name beside the ledger.
//!
//! Must not know: what the texts say. Callers: `import_writer`.

use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{SpooledTempFile, spooled_tempfile_in};

use crate::storage::StorageError;

/// More bytes than this go into the file.
const IN_MEMORY: usize = 4_000_000;

/// Texts in the order in which they were put in, which is also the order in which they are taken out.
pub(super) struct Spool {
    texts: SpooledTempFile,
    folder: PathBuf,
}

/// A text in the spool.
pub(super) struct Spooled(usize);

impl Spool {
    /// An empty one for the ledger at this path.
    pub(super) fn beside(ledger: &Path) -> Self {
        let folder = match ledger.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        Self { texts: spooled_tempfile_in(IN_MEMORY, &folder), folder }
    }

    pub(super) fn put(&mut self, text: &str) -> Result<Spooled, StorageError> {
        let written = self.texts.write_all(text.as_bytes());
        written.map_err(|fault| self.fault(fault))?;
        Ok(Spooled(text.len()))
    }

    /// Goes back to the first text; none is put in after that.
    pub(super) fn rewind(&mut self) -> Result<(), StorageError> {
        self.texts.rewind().map_err(|fault| self.fault(fault))
    }

    pub(super) fn take(&mut self, text: &Spooled) -> Result<String, StorageError> {
        let mut bytes = vec![0; text.0];
        self.texts.read_exact(&mut bytes).map_err(|fault| self.fault(fault))?;
        String::from_utf8(bytes)
            .map_err(|fault| self.fault(io::Error::new(io::ErrorKind::InvalidData, fault)))
    }

    fn fault(&self, source: io::Error) -> StorageError {
        StorageError::File { path: self.folder.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_out_as_they_went_in_however_many_there_are() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::beside(&folder.path().join("duban.db"));
        let texts = ["事项".to_owned(), String::new(), "长".repeat(IN_MEMORY), "末".to_owned()];
        let kept: Vec<Spooled> = texts.iter().map(|text| spool.put(text).unwrap()).collect();
        spool.rewind().unwrap();
        let taken: Vec<String> = kept.iter().map(|kept| spool.take(kept).unwrap()).collect();
        assert!(taken == texts);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
    }
}

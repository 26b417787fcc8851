//! The outcome file: a small preallocated file beside the ledger that takes an accepted outcome when the ledger cannot,
//! because the disk is full.
//!
//! Must not know: SQL, what an outcome means. Several processes may use the file; each holds its lock while it reads or
//! writes. Callers: the outbox.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::instance_mark::beside;
use crate::domain::delivery::MessageKey;
use crate::domain::moment::Moment;
use crate::storage::outbox::{Lease, SavedAcceptance};

/// Size of the file: one outcome for each of the 64 senders there may be, with [`LONGEST_REPLY`] characters.
const SIZE: usize = 64 * 1024;
/// Characters stored of the relay's reply.
const LONGEST_REPLY: usize = 200;

/// The used part of the file as it was read.
#[derive(Debug)]
pub(super) struct Content(Vec<u8>);

#[derive(Clone, Debug)]
pub(super) struct OutcomeFile {
    path: PathBuf,
}

impl OutcomeFile {
    pub(super) fn of(ledger: &Path) -> Self {
        Self { path: beside(ledger, ".spool") }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the outcomes and the bytes they were read from; preallocates the file if that has not been done yet.
    pub(super) fn read(&self) -> io::Result<(Vec<SavedAcceptance>, Content)> {
        let mut file = self.open()?;
        file.lock()?;
        let mut content = content(&mut file)?;
        let used = used(&content);
        if content.len() < SIZE {
            // written zeros take space on the disk, a hole does not
            file.seek(SeekFrom::Start(offset(used)))?;
            file.write_all(&vec![0; SIZE.saturating_sub(used)])?;
            file.sync_all()?;
        }
        content.truncate(used);
        let lines = content.split(|byte| *byte == b'\n');
        // a line cut short by a crash is ignored: its message stays as the ledger has it
        Ok((lines.filter_map(parse).collect(), Content(content)))
    }

    /// Appends an outcome and syncs the file; fails when the preallocated space is used up.
    pub(super) fn append(&self, saved: &SavedAcceptance) -> io::Result<()> {
        let mut file = self.open()?;
        file.lock()?;
        let used = used(&content(&mut file)?);
        let line = line(saved);
        if used + line.len() > SIZE {
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.seek(SeekFrom::Start(offset(used)))?;
        file.write_all(line.as_bytes())?;
        file.sync_data()
    }

    /// Removes what was read, unless another process has done so, and nothing that was appended since; the file keeps its
    /// size. A crash in between leaves lines twice or torn, and the ledger refuses both.
    pub(super) fn remove(&self, read: &Content) -> io::Result<()> {
        let mut file = self.open()?;
        file.lock()?;
        let content = content(&mut file)?;
        let used = used(&content);
        let Some(newer) = content.get(..used).and_then(|all| all.strip_prefix(&*read.0)) else {
            return Ok(());
        };
        let mut left = newer.to_vec();
        left.resize(used, 0);
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&left)?;
        file.sync_data()
    }

    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true).mode(0o600).open(&self.path)
    }
}

fn content(file: &mut File) -> io::Result<Vec<u8>> {
    let mut content = Vec::with_capacity(SIZE);
    file.read_to_end(&mut content)?;
    Ok(content)
}

/// Returns how many bytes are in use.
fn used(content: &[u8]) -> usize {
    content.iter().position(|byte| *byte == 0).unwrap_or(content.len())
}

fn offset(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn line(saved: &SavedAcceptance) -> String {
    let SavedAcceptance { lease, code, text, at } = saved;
    let text: String = text.chars().take(LONGEST_REPLY).filter(|c| *c != '\0').collect();
    let claimed = lease.claimed.seconds();
    let line =
        json!([lease.message.0, lease.token, lease.attempt, claimed, code, text, at.seconds()]);
    format!("{line}\n")
}

fn parse(line: &[u8]) -> Option<SavedAcceptance> {
    let fields: Vec<Value> = serde_json::from_slice(line).ok()?;
    let [message, token, attempt, claimed, code, text, at] = fields.as_slice() else { return None };
    let moment =
        |value: &Value| Some(Moment::at(jiff::Timestamp::from_second(value.as_i64()?).ok()?));
    Some(SavedAcceptance {
        lease: Lease {
            message: MessageKey(message.as_i64()?),
            token: token.as_i64()?,
            attempt: attempt.as_u64()?.try_into().ok()?,
            claimed: moment(claimed)?,
        },
        code: code.as_u64()?.try_into().ok()?,
        text: text.as_str()?.to_owned(),
        at: moment(at)?,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    fn outcome_file() -> (tempfile::TempDir, OutcomeFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = OutcomeFile::of(&folder.path().join("duban.db"));
        (folder, file)
    }

    fn acceptance(message: i64, text: &str) -> SavedAcceptance {
        let at = Moment::at("2022-12-28T01:00:00Z".parse().unwrap());
        let lease = Lease { message: MessageKey(message), token: 2, attempt: 3, claimed: at };
        SavedAcceptance { lease, code: 250, text: text.to_owned(), at }
    }

    #[test]
    fn outcomes_are_read_in_order_until_they_are_removed() {
        let (_folder, file) = outcome_file();
        assert_eq!(file.read().unwrap().0, []);
        let both = [acceptance(1, "2.0.0 已收\n下"), acceptance(2, "")];
        for saved in &both {
            file.append(saved).unwrap();
        }
        let (saved, read) = file.read().unwrap();
        assert_eq!(saved, both);
        file.remove(&read).unwrap();
        assert_eq!(file.read().unwrap().0, []);
    }

    #[test]
    fn an_outcome_appended_after_the_reading_is_not_removed() {
        let (_folder, file) = outcome_file();
        file.append(&acceptance(1, "first")).unwrap();
        let (_, read) = file.read().unwrap();
        file.append(&acceptance(2, "second")).unwrap();
        for _ in 0..2 {
            file.remove(&read).unwrap();
            assert_eq!(file.read().unwrap().0, [acceptance(2, "second")]);
        }
    }

    #[test]
    fn the_file_is_preallocated_and_does_not_grow() {
        let (_folder, file) = outcome_file();
        file.read().unwrap();
        let before = std::fs::metadata(file.path()).unwrap();
        assert!(before.blocks() * 512 >= 64 * 1024, "no hole: {} blocks", before.blocks());
        let saved = acceptance(1, &"长".repeat(1000));
        for _ in 0..64 {
            file.append(&saved).unwrap();
        }
        assert_eq!(std::fs::metadata(file.path()).unwrap().len(), before.len());
        while file.append(&saved).is_ok() {}
        assert_eq!(std::fs::metadata(file.path()).unwrap().len(), before.len());
    }

    #[test]
    fn a_line_cut_short_is_ignored() {
        let (_folder, file) = outcome_file();
        file.read().unwrap();
        file.append(&acceptance(1, "ok")).unwrap();
        let whole = std::fs::read(file.path()).unwrap();
        let end = used(&whole);
        let mut torn = whole.clone();
        torn[end..end + 9].copy_from_slice(b"[2,2,3,16");
        std::fs::write(file.path(), torn).unwrap();
        assert_eq!(file.read().unwrap().0, [acceptance(1, "ok")]);
    }
}

//! The spool: a small file beside the ledger, its room taken beforehand, in which an outcome is kept when the ledger
//! cannot take it because the disk is full.
//!
//! Must not know: SQL, what an outcome means. Several processes may use it; each holds the file's lock meanwhile.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::home::beside;
use crate::domain::delivery::MessageKey;
use crate::domain::moment::Moment;
use crate::storage::outbox::{Lease, SavedAcceptance};

/// Room for the outcome of every session there may be (64), each of at most [`LONGEST_REPLY`] characters.
const ROOM: usize = 64 * 1024;
/// Characters kept of what the relay said.
const LONGEST_REPLY: usize = 200;

/// The start of the spool as it was read.
#[derive(Debug)]
pub(super) struct Read(Vec<u8>);

/// Where the spool of one ledger lies.
#[derive(Clone, Debug)]
pub(super) struct Spool {
    path: PathBuf,
}

impl Spool {
    pub(super) fn of(ledger: &Path) -> Self {
        Self { path: beside(ledger, ".spool") }
    }

    /// The path of the spool.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns what is kept, and as what it was read; takes the room on the disk when that has not been done yet.
    pub(super) fn kept(&self) -> io::Result<(Vec<SavedAcceptance>, Read)> {
        let mut file = self.open()?;
        file.lock()?;
        let mut content = content(&mut file)?;
        let used = used(&content);
        if content.len() < ROOM {
            // zeros that are written take room, a hole does not
            file.seek(SeekFrom::Start(offset(used)))?;
            file.write_all(&vec![0; ROOM.saturating_sub(used)])?;
            file.sync_all()?;
        }
        content.truncate(used);
        let lines = content.split(|byte| *byte == b'\n');
        // a line cut short by a crash is no line: its message stays as the ledger has it
        Ok((lines.filter_map(parse).collect(), Read(content)))
    }

    /// Keeps an outcome durably in the room that was taken.
    pub(super) fn keep(&self, kept: &SavedAcceptance) -> io::Result<()> {
        let mut file = self.open()?;
        file.lock()?;
        let used = used(&content(&mut file)?);
        let line = line(kept);
        if used.saturating_add(line.len()) > ROOM {
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.seek(SeekFrom::Start(offset(used)))?;
        file.write_all(line.as_bytes())?;
        file.sync_data()
    }

    /// Forgets what was read unless another process has done so before, and nothing that was kept since; the room stays
    /// taken. Cut short by a crash, it leaves lines twice or torn, and the ledger refuses both.
    pub(super) fn forget(&self, read: &Read) -> io::Result<()> {
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
    let mut content = Vec::with_capacity(ROOM);
    file.read_to_end(&mut content)?;
    Ok(content)
}

/// How many bytes are in use.
fn used(content: &[u8]) -> usize {
    content.iter().position(|byte| *byte == 0).unwrap_or(content.len())
}

fn offset(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn line(kept: &SavedAcceptance) -> String {
    let SavedAcceptance { lease, code, text, at } = kept;
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

    fn spool() -> (tempfile::TempDir, Spool) {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::of(&folder.path().join("duban.db"));
        (folder, spool)
    }

    fn acceptance(message: i64, text: &str) -> SavedAcceptance {
        let at = Moment::at("2022-12-28T01:00:00Z".parse().unwrap());
        let lease = Lease { message: MessageKey(message), token: 2, attempt: 3, claimed: at };
        SavedAcceptance { lease, code: 250, text: text.to_owned(), at }
    }

    #[test]
    fn what_was_kept_is_there_in_order_until_it_is_cleared() {
        let (_folder, spool) = spool();
        assert_eq!(spool.kept().unwrap().0, []);
        let both = [acceptance(1, "2.0.0 已收\n下"), acceptance(2, "")];
        for kept in &both {
            spool.keep(kept).unwrap();
        }
        let (kept, read) = spool.kept().unwrap();
        assert_eq!(kept, both);
        spool.forget(&read).unwrap();
        assert_eq!(spool.kept().unwrap().0, []);
    }

    #[test]
    fn what_another_session_keeps_meanwhile_is_not_forgotten() {
        let (_folder, spool) = spool();
        spool.keep(&acceptance(1, "first")).unwrap();
        let (_, read) = spool.kept().unwrap();
        spool.keep(&acceptance(2, "second")).unwrap();
        for _ in 0..2 {
            spool.forget(&read).unwrap();
            assert_eq!(spool.kept().unwrap().0, [acceptance(2, "second")]);
        }
    }

    #[test]
    fn its_room_is_taken_before_it_is_needed_and_does_not_grow() {
        let (_folder, spool) = spool();
        spool.kept().unwrap();
        let before = std::fs::metadata(spool.path()).unwrap();
        assert!(before.blocks() * 512 >= 64 * 1024, "no hole: {} blocks", before.blocks());
        let kept = acceptance(1, &"长".repeat(1000));
        for _ in 0..64 {
            spool.keep(&kept).unwrap();
        }
        assert_eq!(std::fs::metadata(spool.path()).unwrap().len(), before.len());
        while spool.keep(&kept).is_ok() {}
        assert_eq!(std::fs::metadata(spool.path()).unwrap().len(), before.len());
    }

    #[test]
    fn a_line_cut_short_is_left_out() {
        let (_folder, spool) = spool();
        spool.kept().unwrap();
        spool.keep(&acceptance(1, "ok")).unwrap();
        let whole = std::fs::read(spool.path()).unwrap();
        let end = used(&whole);
        let mut torn = whole.clone();
        torn[end..end + 9].copy_from_slice(b"[2,2,3,16");
        std::fs::write(spool.path(), torn).unwrap();
        assert_eq!(spool.kept().unwrap().0, [acceptance(1, "ok")]);
    }
}

//! The instance mark: a small file beside the ledger that fences copies of it. It names the ledger, this machine and
//! the newest journal line; a ledger whose mark does not fit was copied, restored or moved.
//!
//! Must not know: SQL. The mark names its own inode, so that a copy of the mark is not valid; backups leave the mark
//! out. Callers: `site`, which holds the ledger's write lock while it writes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::domain::watch::Displacement;

/// The first line of the file.
const TITLE: &str = "duban: this ledger is at home here; never copy this file with it (1)";
/// Missing in some containers; then every machine counts as the same.
const MACHINE_ID: &str = "/etc/machine-id";

#[derive(Clone, Debug)]
pub(super) struct InstanceMarkFile {
    path: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InstanceMark {
    /// Token of the ledger, drawn again whenever a person confirms a copy.
    pub(super) token: String,
    /// Number and hash of the newest journal line, if there is any.
    pub(super) journal: Option<(i64, String)>,
}

impl InstanceMarkFile {
    pub(super) fn of(ledger: &Path) -> Self {
        Self { path: beside(ledger, ".home") }
    }

    /// Reads the mark; the inner error says why it is not valid here.
    pub(super) fn read(&self) -> io::Result<Result<InstanceMark, Displacement>> {
        // One handle for text and inode: another process may replace the mark in between.
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Err(Displacement::NoMark));
            }
            Err(error) => return Err(error),
        };
        let mut text = String::new();
        match file.read_to_string(&mut text) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Ok(Err(Displacement::UnreadableMark));
            }
            Err(error) => return Err(error),
        }
        let inode = file.metadata()?.ino();
        let Some((mark, machine, marked_inode)) = parse(&text) else {
            return Ok(Err(Displacement::UnreadableMark));
        };
        Ok(if machine != this_machine() {
            Err(Displacement::OtherMachine)
        } else if marked_inode != inode.to_string() {
            Err(Displacement::CopiedMark)
        } else {
            Ok(mark)
        })
    }

    /// Replaces the mark, wholly or not at all. Only one caller at a time: all would write the same draft file.
    pub(super) fn write(&self, mark: &InstanceMark) -> io::Result<()> {
        let draft = beside(&self.path, ".new");
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
        // the mark names the inode of the draft, which renaming keeps
        file.write_all(text(mark, &file)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &self.path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn text(mark: &InstanceMark, file: &File) -> io::Result<String> {
    let (seq, hash) = mark.journal.as_ref().map_or((0, "-"), |(seq, hash)| (*seq, hash.as_str()));
    let (token, machine, inode) = (&mark.token, this_machine(), file.metadata()?.ino());
    Ok(format!("{TITLE}\nledger {token}\nmachine {machine}\nfile {inode}\njournal {seq} {hash}\n"))
}

/// Returns the mark, with the machine and the inode that the file names.
fn parse(text: &str) -> Option<(InstanceMark, &str, &str)> {
    let mut lines = text.lines();
    lines.next().filter(|title| *title == TITLE)?;
    let token = lines.next()?.strip_prefix("ledger ")?.to_owned();
    let machine = lines.next()?.strip_prefix("machine ")?;
    let inode = lines.next()?.strip_prefix("file ")?;
    let (seq, hash) = lines.next()?.strip_prefix("journal ")?.split_once(' ')?;
    let seq: i64 = seq.parse().ok()?;
    let journal = (seq > 0).then(|| (seq, hash.to_owned()));
    Some((InstanceMark { token, journal }, machine, inode))
}

/// A name for this machine that does not reveal its machine-id (machine-id(5) asks for that).
fn this_machine() -> String {
    let id = fs::read_to_string(MACHINE_ID).unwrap_or_default();
    HEXLOWER.encode(&Sha256::digest(format!("duban home of {}", id.trim())))
}

/// The path of a file in the same folder whose name is that of `path` with `ending` appended.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> InstanceMark {
        InstanceMark { token: "a1b2".to_owned(), journal: Some((7, "c3".to_owned())) }
    }

    fn mark_file() -> (tempfile::TempDir, InstanceMarkFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = InstanceMarkFile::of(&folder.path().join("duban.db"));
        (folder, file)
    }

    #[test]
    fn a_mark_reads_back_as_written_and_only_the_owner_may_read_it() {
        let (_folder, file) = mark_file();
        assert_eq!(file.read().unwrap(), Err(Displacement::NoMark));
        file.write(&mark()).unwrap();
        let fresh = InstanceMark { journal: None, ..mark() };
        file.write(&fresh).unwrap();
        assert_eq!(file.read().unwrap(), Ok(fresh));
        assert_eq!(fs::metadata(file.path()).unwrap().mode() & 0o077, 0);
    }

    #[test]
    fn a_mark_renamed_with_its_folder_is_valid_and_a_copy_is_not() {
        let (folder, file) = mark_file();
        file.write(&mark()).unwrap();
        let elsewhere = InstanceMarkFile::of(&folder.path().join("elsewhere"));
        fs::copy(file.path(), elsewhere.path()).unwrap();
        assert_eq!(elsewhere.read().unwrap(), Err(Displacement::CopiedMark));
        fs::rename(file.path(), elsewhere.path()).unwrap();
        assert_eq!(elsewhere.read().unwrap(), Ok(mark()));
    }

    #[test]
    fn a_mark_of_another_machine_or_in_no_known_form_is_not_valid() {
        let (_folder, file) = mark_file();
        file.write(&mark()).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        fs::write(file.path(), text.replace(&this_machine(), "another")).unwrap();
        assert_eq!(file.read().unwrap(), Err(Displacement::OtherMachine));
        for broken in
            [b"".as_slice(), b"\xff\xfe", b"duban\nledger", text.as_bytes()[..90].as_ref()]
        {
            fs::write(file.path(), broken).unwrap();
            assert_eq!(file.read().unwrap(), Err(Displacement::UnreadableMark));
        }
    }
}

//! The mark of a ledger's home: a small file beside it that says which ledger lives here, on which machine, and how
//! far its journal goes.
//!
//! Must not know: SQL. The mark names its own inode, so that a copy of it does not pass for it; it is no part of a
//! backup.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::domain::watch::Displacement;

/// What the mark's first line says.
const TITLE: &str = "duban: this ledger is at home here; never copy this file with it (1)";
/// Names the machine; missing in some containers.
const MACHINE_ID: &str = "/etc/machine-id";

/// Where the mark of one ledger lies.
#[derive(Clone, Debug)]
pub(super) struct Home {
    ledger: PathBuf,
    mark: PathBuf,
}

/// What a mark says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Token of the ledger that lives here.
    pub(super) ledger: String,
    /// Number and hash of the newest line of its journal, if it has any.
    pub(super) journal: Option<(i64, String)>,
}

impl Home {
    pub(super) fn of(ledger: &Path) -> Self {
        Self { ledger: ledger.to_owned(), mark: beside(ledger, ".home") }
    }

    /// Reads the mark, and whether it lies where it was made.
    pub(super) fn read(&self) -> io::Result<Result<Mark, Displacement>> {
        let text = match fs::read_to_string(&self.mark) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Err(Displacement::NoMark));
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Ok(Err(Displacement::UnreadableMark));
            }
            Err(error) => return Err(error),
        };
        let inode = fs::metadata(&self.mark)?.ino();
        let Some((mark, machine, file)) = parse(&text) else {
            return Ok(Err(Displacement::UnreadableMark));
        };
        Ok(match () {
            () if machine != this_machine() => Err(Displacement::OtherMachine),
            () if file != inode.to_string() => Err(Displacement::CopiedMark),
            () => Ok(mark),
        })
    }

    /// Puts a mark in place of the one that is there, whole or not at all. One caller at a time.
    pub(super) fn write(&self, mark: &Mark) -> io::Result<()> {
        let draft = beside(&self.mark, ".new");
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
        // renaming keeps the inode
        file.write_all(text(mark, &file)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &self.mark)
    }

    /// The path of the ledger.
    pub(super) fn ledger(&self) -> &Path {
        &self.ledger
    }

    /// The path of the mark.
    pub(super) fn path(&self) -> &Path {
        &self.mark
    }
}

fn text(mark: &Mark, file: &File) -> io::Result<String> {
    let (seq, hash) = mark.journal.as_ref().map_or((0, "-"), |(seq, hash)| (*seq, hash.as_str()));
    let (ledger, machine, inode) = (&mark.ledger, this_machine(), file.metadata()?.ino());
    Ok(format!("{TITLE}\nledger {ledger}\nmachine {machine}\nfile {inode}\njournal {seq} {hash}\n"))
}

/// The mark, its machine and its inode.
fn parse(text: &str) -> Option<(Mark, &str, &str)> {
    let mut lines = text.lines();
    lines.next().filter(|title| *title == TITLE)?;
    let ledger = lines.next()?.strip_prefix("ledger ")?.to_owned();
    let machine = lines.next()?.strip_prefix("machine ")?;
    let file = lines.next()?.strip_prefix("file ")?;
    let (seq, hash) = lines.next()?.strip_prefix("journal ")?.split_once(' ')?;
    let seq: i64 = seq.parse().ok()?;
    let journal = (seq > 0).then(|| (seq, hash.to_owned()));
    Some((Mark { ledger, journal }, machine, file))
}

/// A name for this machine that does not give its own identifier away (machine-id(5)).
fn this_machine() -> String {
    let id = fs::read_to_string(MACHINE_ID).unwrap_or_default();
    HEXLOWER.encode(&Sha256::digest(format!("duban home of {}", id.trim())))
}

/// The path of a file beside `path`, named after it.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> Mark {
        Mark { ledger: "a1b2".to_owned(), journal: Some((7, "c3".to_owned())) }
    }

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::of(&folder.path().join("duban.db"));
        (folder, home)
    }

    #[test]
    fn a_mark_reads_as_it_was_written_and_nobody_else_may_read_it() {
        let (_folder, home) = home();
        assert_eq!(home.read().unwrap(), Err(Displacement::NoMark));
        home.write(&mark()).unwrap();
        let fresh = Mark { journal: None, ..mark() };
        home.write(&fresh).unwrap();
        assert_eq!(home.read().unwrap(), Ok(fresh));
        assert_eq!(fs::metadata(home.path()).unwrap().mode() & 0o077, 0);
    }

    #[test]
    fn a_mark_that_was_moved_with_its_folder_is_good_and_a_copy_is_not() {
        let (folder, home) = home();
        home.write(&mark()).unwrap();
        let elsewhere = Home::of(&folder.path().join("elsewhere"));
        fs::copy(home.path(), elsewhere.path()).unwrap();
        assert_eq!(elsewhere.read().unwrap(), Err(Displacement::CopiedMark));
        fs::rename(home.path(), elsewhere.path()).unwrap();
        assert_eq!(elsewhere.read().unwrap(), Ok(mark()));
    }

    #[test]
    fn a_mark_of_another_machine_or_of_nothing_known_is_not_good() {
        let (_folder, home) = home();
        home.write(&mark()).unwrap();
        let text = fs::read_to_string(home.path()).unwrap();
        fs::write(home.path(), text.replace(&this_machine(), "another")).unwrap();
        assert_eq!(home.read().unwrap(), Err(Displacement::OtherMachine));
        for broken in
            [b"".as_slice(), b"\xff\xfe", b"duban\nledger", text.as_bytes()[..90].as_ref()]
        {
            fs::write(home.path(), broken).unwrap();
            assert_eq!(home.read().unwrap(), Err(Displacement::UnreadableMark));
        }
    }
}

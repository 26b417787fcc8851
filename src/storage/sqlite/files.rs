//! The ledger and the files beside it on disk: whose they are, and who may read them.
//!
//! Must not know: SQL, what stands in the files. A command that would create a file for another user than the ledger's is
//! refused before it writes: the service could not open that file again. SQLite itself gives its -wal and -shm the owner of
//! the database.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::instance_mark::beside;
use crate::storage::StorageError;
use crate::storage::site::{FileFault, FileFaultKind, PRIVATE};

/// Endings of the files beside a ledger.
const ENDINGS: [&str; 6] = ["-wal", "-shm", ".home", ".spool", ".sending", ".lock"];
/// Who may read and write a file.
const MODE_BITS: u32 = 0o777;
const ROOT: u32 = 0;
const USERS: &str = "/etc/passwd";

/// Refuses to write a ledger of another user, or to create one as root in a folder of another user.
pub(super) fn refuse_another_owner(ledger: &Path) -> Result<(), StorageError> {
    let caller = rustix::process::geteuid().as_raw();
    let owner = match fs::metadata(ledger) {
        Ok(file) => file.uid(),
        // the folder of a new ledger; only root could give it a file of another owner
        Err(_) if caller == ROOT => match ledger.parent().map(fs::metadata) {
            Some(Ok(folder)) => folder.uid(),
            Some(Err(_)) | None => return Ok(()),
        },
        Err(_) => return Ok(()),
    };
    if owner == caller {
        return Ok(());
    }
    Err(StorageError::OtherOwner { path: ledger.to_owned(), owner: user_name(owner) })
}

/// Every file of the ledger with a wrong owner or mode. The folder's owner decides, unless it is root.
pub(super) fn file_faults(ledger: &Path) -> Vec<FileFault> {
    let of_folder = ledger.parent().and_then(|folder| fs::metadata(folder).ok());
    let of_ledger = fs::metadata(ledger).ok();
    let folder = of_folder.map(|folder| folder.uid()).filter(|uid| *uid != ROOT);
    let Some(wanted) = folder.or_else(|| of_ledger.map(|ledger| ledger.uid())) else {
        return Vec::new();
    };
    let files =
        std::iter::once(ledger.to_owned()).chain(ENDINGS.map(|ending| beside(ledger, ending)));
    let faults = files.filter_map(|path| Some((fs::metadata(&path).ok()?, path))).flat_map(
        |(file, path)| {
            let owner = (file.uid() != wanted).then(|| FileFaultKind::Owner {
                is: user_name(file.uid()),
                wanted: user_name(wanted),
            });
            let mode = file.mode() & MODE_BITS;
            let mode = (mode & !PRIVATE != 0).then_some(FileFaultKind::Mode { is: mode });
            owner.into_iter().chain(mode).map(move |kind| FileFault { path: path.clone(), kind })
        },
    );
    faults.collect()
}

/// The login name of a user, else the number.
fn user_name(uid: u32) -> String {
    let users = fs::read_to_string(USERS).unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| uid.to_string())
}

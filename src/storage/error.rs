//! What can go wrong between the program and its ledger, said in two languages.
//!
//! Must not know: what a person does about it; hints and exit codes stand in `cli`. Callers: every room that uses a store.

use std::error::Error;
use std::io::ErrorKind;
use std::path::PathBuf;

use crate::words;
use crate::words::{Lang, Say};

/// A failure of the ledger. Text of the driver is English, so it appears in English output and logs only.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum StorageError {
    /// The database cannot be opened, read or written.
    Unavailable { trouble: Trouble, source: Box<dyn Error + Send + Sync> },
    /// The database or a file beside it cannot be created or opened.
    File { path: PathBuf, source: std::io::Error },
    /// There is no ledger at this place; a query does not create one.
    Missing { path: PathBuf },
    /// The files at the ledger's paths are not those that are open any more.
    Replaced { path: PathBuf },
    /// The ledger belongs to another user; what this one would create beside it, the service could not open.
    OtherOwner { path: PathBuf, owner: String },
    /// The database is that of another program.
    NotALedger { path: PathBuf },
    /// Another build of the program created the database.
    Schema { source: Box<dyn Error + Send + Sync> },
    /// A stored value that no version of this program writes.
    Corrupt { table: &'static str, column: &'static str, id: i64, value: String },
    /// A value that this program would write and could not read back; nothing was written.
    Unreadable { column: &'static str, value: String },
    /// SQLite's check of the file found a fault; `finding` is SQLite's text.
    Damaged { path: PathBuf, finding: String },
    /// The statement for `what` changed more or fewer rows than it must: another command has changed the data.
    WrongRowCount { what: &'static str, expected: u64, actual: u64 },
    /// Others changed the ledger while a step was worked out on it; nothing was written.
    KeepsChanging,
}

/// Why a database is unavailable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another process holds the lock.
    Busy,
    Full,
    /// Reading or writing fails.
    Disk,
    ReadOnly,
    /// The file is damaged, or no database.
    Damaged,
    Other,
}

impl StorageError {
    /// True when the same step may succeed later: the database is locked, or the disk is full.
    pub fn is_temporary(&self) -> bool {
        matches!(self.trouble(), Trouble::Busy | Trouble::Full)
    }

    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Unavailable { trouble, .. } => *trouble,
            Self::Damaged { .. } => Trouble::Damaged,
            Self::KeepsChanging => Trouble::Busy,
            Self::File { source, .. } if is_full(source.kind()) => Trouble::Full,
            Self::File { .. }
            | Self::Missing { .. }
            | Self::NotALedger { .. }
            | Self::Replaced { .. }
            | Self::OtherOwner { .. }
            | Self::Schema { .. }
            | Self::Corrupt { .. }
            | Self::Unreadable { .. }
            | Self::WrongRowCount { .. } => Trouble::Other,
        }
    }
}

fn is_full(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

impl Say for StorageError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Unavailable { trouble, source: fault } => {
                let trouble = trouble.say(lang);
                words!(lang, zh = "{trouble}", en = "{trouble}: {fault}")
            }
            Self::File { path, source } => words!(
                lang,
                zh = "无法打开 {path}：{cause}",
                en = "cannot open {path}: {cause}",
                path = path.display(),
                cause = source.say(lang),
            ),
            Self::Missing { path } => words!(
                lang,
                zh = "台账 {path} 不存在",
                en = "there is no ledger at {path}",
                path = path.display(),
            ),
            Self::NotALedger { path } => words!(
                lang,
                zh = "{path} 是其他程序的数据库，不是台账；未作任何改动",
                en = "{path} is the database of another program and no ledger; nothing was changed",
                path = path.display(),
            ),
            Self::Replaced { path } => words!(
                lang,
                zh = "运行期间台账 {path} 被替换、移动、删除或覆盖；停止发送",
                en = "the ledger {path} was replaced, moved, deleted or overwritten while the program ran; nothing more is sent",
                path = path.display(),
            ),
            Self::OtherOwner { path, owner } => words!(
                lang,
                zh = "台账 {path} 属于用户 {owner}，当前用户写入的文件该用户无法使用；未作任何改动",
                en = "the ledger {path} belongs to {owner}, who could not use what this user writes; nothing was changed",
                path = path.display(),
            ),
            Self::Schema { source: fault } => words!(
                lang,
                zh = "数据库由另一版本的 duban 建立，本版本不能使用",
                en = "the database was created by another version of duban and cannot be used by this one: {fault}",
            ),
            Self::Corrupt { table, column, id, value } => words!(
                lang,
                zh = "数据库中的内容无法识别：`{table}.{column}` 第{id}行为“{value}”",
                en = "the database holds a value that cannot be read: `{table}.{column}` of row {id} is `{value}`",
            ),
            Self::Unreadable { column, value } => words!(
                lang,
                zh = "“{value}”写入 `{column}` 后将无法读出，未写入任何内容",
                en = "`{value}` could not be read back from `{column}`; nothing was written",
            ),
            Self::Damaged { path, finding } => words!(
                lang,
                zh = "数据库 {path} 已损坏",
                en = "the database {path} is damaged: {finding}",
                path = path.display(),
            ),
            Self::KeepsChanging => keeps_changing(lang).to_owned(),
            Self::WrongRowCount { what, expected, actual } => words!(
                lang,
                zh = "数据已被其他操作改变（应修改{expected}行，实际{actual}行）",
                en = "another command has changed the data (step `{what}` changed {actual} rows instead of {expected})",
            ),
        }
    }
}

fn keeps_changing(lang: Lang) -> &'static str {
    lang.pick(
        "核对期间台账被其他操作改变，未写入任何内容",
        "other commands changed the ledger while it was compared; nothing was written",
    )
}

impl Say for Trouble {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Busy => ("数据库正被其他进程占用", "another process holds the database"),
            Self::Full => {
                ("磁盘已满，数据库无法写入", "the disk is full, the database cannot be written")
            }
            Self::Disk => ("磁盘读写失败", "the disk fails to read or write the database"),
            Self::ReadOnly => ("数据库为只读，无法写入", "the database is read-only"),
            Self::Damaged => (
                "数据库已损坏，或文件不是数据库",
                "the database is damaged, or the file is no database",
            ),
            Self::Other => ("数据库无法读写", "the database cannot be read or written"),
        };
        lang.pick(zh, en).to_owned()
    }
}

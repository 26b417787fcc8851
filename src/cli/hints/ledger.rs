//! What a person can do when the ledger cannot be used.
//!
//! Must not know: other failures.

use std::io::ErrorKind;
use std::path::Path;

use crate::cli::exit_code::Exit;
use crate::daemon::LockError;
use crate::storage::{StorageError, Trouble};
use crate::words;
use crate::words::Lang;

/// A hint, or none, and the exit code.
pub(super) type Advice = (Option<String>, Exit);

pub(super) fn storage(error: &StorageError, lang: Lang) -> Advice {
    let (zh, en) = match error {
        StorageError::File { path, source } if error.trouble() == Trouble::Other => {
            return (Some(file(path, source.kind(), lang)), Exit::Database);
        }
        StorageError::OtherOwner { owner, .. } => {
            let hint = words!(
                lang,
                zh = "请以该用户运行：sudo -u {owner} duban …",
                en = "run the command as that user: sudo -u {owner} duban …"
            );
            return (Some(hint), Exit::Database);
        }
        StorageError::NotALedger { .. } => (
            "请让 database.path（DUBAN__DATABASE__PATH）指向 duban 的台账，或一个尚不存在的文件",
            "let database.path (DUBAN__DATABASE__PATH) name a ledger of duban, or a file that does not exist yet",
        ),
        StorageError::Missing { .. } => (
            "首次导入（duban import units）时建立台账；如台账在别处，请设置 database.path（DUBAN__DATABASE__PATH）",
            "the first import (`duban import units`) creates it; if it is elsewhere, set database.path (DUBAN__DATABASE__PATH)",
        ),
        StorageError::Replaced { .. } => (
            "请核对台账文件，再重新运行命令或重启服务（systemctl restart duban）；台账是恢复来的，须用 duban ledger adopt 确认",
            "check the file, then run the command again or restart the service (`systemctl restart duban`); confirm a restored ledger with `duban ledger adopt`",
        ),
        StorageError::Schema { .. } => (
            "台账由其他版本的 duban 写成；请使用该版本，或恢复升级前的备份",
            "another version of duban wrote this ledger; run that version, or restore the backup made before it",
        ),
        StorageError::Corrupt { .. } => (
            "请停止服务，保留台账副本，并运行 duban journal --verify",
            "stop the service, keep a copy of the file, and run `duban journal --verify`",
        ),
        StorageError::File { .. }
        | StorageError::Unavailable { .. }
        | StorageError::Damaged { .. } => unavailable(error.trouble()),
        StorageError::Unreadable { .. } => (
            "未写入任何内容；这是 duban 的缺陷，请连同引起它的那一行一并报告",
            "nothing was written; this is a fault of duban: report it with the row that caused it",
        ),
        StorageError::KeepsChanging => {
            ("请在其他操作结束后重新运行", "run it again when the other commands are done")
        }
        StorageError::WrongRowCount { .. } => (
            "可能有另一命令同时修改了台账；请重新运行",
            "another command may have changed the ledger at the same time; run it again",
        ),
    };
    (Some(lang.pick(zh, en).to_owned()), exit(error))
}

/// What passes by itself is tried again; the service manager starts the service anew.
fn exit(error: &StorageError) -> Exit {
    match error.trouble() {
        Trouble::Busy | Trouble::Full | Trouble::Disk => Exit::TryAgain,
        Trouble::ReadOnly | Trouble::Damaged | Trouble::Other => Exit::Database,
    }
}

/// What can be done about a file that cannot be created or opened.
fn file(path: &Path, kind: ErrorKind, lang: Lang) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).display();
    if kind == ErrorKind::AlreadyExists {
        return lang
            .pick(
                "请换一个文件名，或先将该文件移走；已有的文件不会被覆盖",
                "give another name, or move that file away first; no file is overwritten",
            )
            .to_owned();
    }
    if kind == ErrorKind::NotFound {
        return words!(
            lang,
            zh = "请先建立文件夹{folder}，或换一个位置",
            en = "create the folder {folder} first, or choose another place"
        );
    }
    words!(
        lang,
        zh = "请让当前用户可以写入{folder}，或换一个位置；台账的位置由 database.path（DUBAN__DATABASE__PATH）设置",
        en = "make {folder} writable for this user, or choose another place; that of the ledger is set by database.path (DUBAN__DATABASE__PATH)"
    )
}

fn unavailable(trouble: Trouble) -> (&'static str, &'static str) {
    match trouble {
        Trouble::Busy => {
            ("另一进程正在使用台账，请稍后再试", "another process uses the ledger; try again later")
        }
        Trouble::Full => (
            "磁盘已满，请腾出空间；数据没有丢失，在此之前不发送邮件",
            "the disk is full: make room; nothing is lost, and nothing is sent until then",
        ),
        Trouble::Disk => (
            "磁盘拒绝读写，请检查空间、配额和磁盘状况；在此之前不发送邮件",
            "the disk refuses: check its space, its limits and its health; nothing is sent until then",
        ),
        Trouble::ReadOnly => (
            "请让当前用户可以写入台账、所在文件夹及同目录的相关文件",
            "make the ledger, its folder and the files beside it writable for this user",
        ),
        Trouble::Damaged => (
            "没有发送邮件；请保留损坏的文件，换上最近的备份，再用 duban ledger adopt 确认本副本",
            "nothing was sent; keep a copy of the damaged file, put the last backup in its place and confirm it with `duban ledger adopt`",
        ),
        Trouble::Other => (
            "请确认 database.path 指向 duban 的台账，并且当前用户可以读写",
            "check that database.path names a ledger of duban and that this user may read and write it",
        ),
    }
}

pub(super) fn lock(error: &LockError, lang: Lang) -> Advice {
    let (zh, en) = match error {
        LockError::Held { .. } => (
            "一个台账只能运行一个服务，可用 systemctl status duban 查看；duban remind 可在服务运行时执行一次检查",
            "one daemon per ledger: see `systemctl status duban`; `duban remind` makes a pass beside it",
        ),
        LockError::File { .. } => (
            "请让当前用户可以写入台账所在的文件夹",
            "make the folder of the ledger writable for this user",
        ),
    };
    (Some(lang.pick(zh, en).to_owned()), Exit::Database)
}

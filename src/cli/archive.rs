//! `ledger archive`: what ended in a period, as one file; `import archive`: that file as a new ledger.
//!
//! Must not know: tables, the layout of the file.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::{Failure, in_order};
use super::values;
use crate::domain::moment::Moment;
use crate::storage::Store;
use crate::storage::archive_file::{ArchiveWriter, extract_checked};
use crate::views::Row;
use crate::views::bulletin::BulletinView;
use crate::views::bulletin_document::{Document, html};
use crate::views::journal::LineView;
use crate::views::obligation::ObligationView;
use crate::views::row::rows_as_csv;
use crate::views::show::RecordView;
use crate::wiring;
use crate::words;
use crate::workflows::Context;
use crate::workflows::bulletin::report;
use crate::workflows::record::all_records;

/// The record itself, from which `import archive` makes a ledger.
const LEDGER: &str = "ledger.db";

/// What the entries are; in both languages, since the archive is read years later, by anybody.
const ABOUT: &str = "\
本文件由 duban ledger archive 生成，内容为所列期间办结、撤销的督办事项。
obligations.csv、obligations.json  事项及其任务、延期、邮件和记录
bulletin.html                      期间通报
journal.csv                        自建台账起至期末的操作记录，逐条以哈希相接
mails/                             有关邮件原文
ledger.db                          以上全部内容（SQLite 数据库），可用 duban import archive 导入新台账
MANIFEST.sha256                    各文件的校验值，可用 sha256sum -c 核对

Written by duban ledger archive: the obligations that ended in the period.
obligations.csv, obligations.json  the obligations with their shares, adjustments, mails and history
bulletin.html                      the bulletin of the period
journal.csv                        the journal from its first line through the period, chained by hashes
mails/                             the mails about them
ledger.db                          all of it as an SQLite database; duban import archive makes a ledger of it
MANIFEST.sha256                    the digest of each file; sha256sum -c checks them
";

const PAGE: u32 = 1_000;

/// Write what ended in a period into one file, for the archive (归档)
///
/// The file is a ZIP with the obligations that were closed or withdrawn in these days, as CSV, JSON and database, with the
/// mails about them, the bulletin and the journal, and a list of digests. Nothing is removed from the ledger. `duban import
/// archive` makes a ledger of it again, in which `duban explain` says the same.
#[derive(Debug, Args)]
pub(super) struct Archive {
    /// The first day of the period
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    from: Date,
    /// The last day of the period
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    to: Date,
    /// The file to write, which must not exist
    #[arg(value_name = "FILE.zip")]
    file: PathBuf,
}

/// Make a new ledger of an archive
///
/// Checks every digest first. `database.path` must name a file that does not exist: an archive is not merged into a ledger.
#[derive(Debug, Args)]
pub(super) struct ImportArchive {
    /// The file that `duban ledger archive` wrote
    #[arg(value_name = "FILE.zip")]
    file: PathBuf,
}

pub(super) async fn write(
    arguments: &Archive,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let Archive { from, to, file } = arguments;
    in_order(*from, *to)?;
    let ledger = context.ledger().await?;
    let failed = |source| Failure::File { path: file.clone(), source };
    let folder = tempfile::tempdir_in(folder_of(file)).map_err(failed)?;
    let part = folder.path().join(LEDGER);
    ledger.write_part(&part, &folder.path().join("scratch.db"), *from, *to).await?;
    let mut archive = ArchiveWriter::create(file).map_err(failed)?;
    let added = add_entries(&mut archive, &part, (*from, *to), context).await;
    let (obligations, mails) = match added {
        Ok(counts) => counts,
        Err(failure) => {
            // The first fault is what a person needs to know.
            drop(std::fs::remove_file(file));
            return Err(failure);
        }
    };
    archive.finish().map_err(failed)?;
    context.say(&words!(
        context.lang,
        zh = "已归档到{file}：事项{obligations}项，邮件{mails}封",
        en = "archived to {file}: {obligations} obligations, {mails} mails",
        file = file.display()
    ))?;
    Ok(Exit::Done)
}

/// Adds what people read, made from the part, then the part itself; returns how many obligations and mails it holds.
async fn add_entries(
    archive: &mut ArchiveWriter,
    part: &Path,
    (from, to): (Date, Date),
    context: &CommandContext<'_>,
) -> Result<(usize, usize), Failure> {
    // As of the last day, so that a later archive of the same period says the same.
    let now = Moment::from_local(to.at(23, 59, 59, 0)).unwrap_or(context.now());
    let archived = wiring::open_ledger_to_read(part).await?;
    let workflow = Context { now, ..context.for_workflow(&archived) };
    archive.add("README.txt", &mut ABOUT.as_bytes())?;
    let records = all_records(workflow).await?;
    let rows: Vec<ObligationView> =
        records.iter().flat_map(|record| ObligationView::all(&record.answer)).collect();
    archive.add("obligations.csv", &mut csv(&rows)?.as_slice())?;
    let views: Vec<RecordView> = records.iter().filter_map(RecordView::of).collect();
    let json = serde_json::to_vec_pretty(&views).map_err(std::io::Error::from)?;
    archive.add("obligations.json", &mut json.as_slice())?;
    let bulletin = BulletinView::of(&report(workflow, from, to).await?);
    let office = &context.settings.office.signature;
    let page = html(&Document { office, bulletin: &bulletin });
    archive.add("bulletin.html", &mut page.as_bytes())?;
    archive.add("journal.csv", &mut csv(&journal(&archived).await?)?.as_slice())?;
    let mut mails = archived.messages(&[]).await?;
    mails.sort_by_key(|mail| mail.key);
    for mail in &mails {
        if let Some(bytes) = archived.message_bytes(mail.key).await? {
            archive.add(&format!("mails/{}.eml", mail.key.0), &mut bytes.as_slice())?;
        }
    }
    archived.close().await;
    archive.add(LEDGER, &mut File::open(part)?)?;
    Ok((records.len(), mails.len()))
}

async fn journal(archived: &Arc<dyn Store>) -> Result<Vec<LineView>, Failure> {
    let mut lines = Vec::new();
    let mut last = 0;
    loop {
        let page = archived.journal_after(last, PAGE).await?;
        let Some(newest) = page.last() else { return Ok(lines) };
        last = newest.seq;
        lines.extend(page.iter().map(LineView::of));
    }
}

fn csv<R: Row>(rows: &[R]) -> Result<Vec<u8>, Failure> {
    let mut table = Vec::new();
    rows_as_csv(rows, &mut table)?;
    Ok(table)
}

pub(super) async fn import(
    arguments: &ImportArchive,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.settings.database.clone();
    let failed = |source| Failure::File { path: ledger.clone(), source };
    if ledger.exists() {
        return Err(failed(ErrorKind::AlreadyExists.into()));
    }
    let folder = folder_of(&ledger).to_owned();
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let work = tempfile::tempdir_in(&folder).map_err(failed)?;
    let part = work.path().join(LEDGER);
    let mut options = OpenOptions::new();
    let mut target =
        options.write(true).create_new(true).mode(0o600).open(&part).map_err(failed)?;
    extract_checked(&arguments.file, LEDGER, &mut target)
        .and_then(|()| target.sync_all())
        .map_err(|source| Failure::File { path: arguments.file.clone(), source })?;
    // Another version of the program may have written it.
    wiring::open_ledger_to_read(&part).await?.close().await;
    std::fs::rename(&part, &ledger).map_err(failed)?;
    context.ledger().await?;
    context.say(&words!(
        context.lang,
        zh = "已由归档建立台账{ledger}",
        en = "made the ledger {ledger} of the archive",
        ledger = ledger.display()
    ))?;
    Ok(Exit::Done)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

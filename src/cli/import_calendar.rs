//! `import calendar`: notices into the ledger, and what they move.
//!
//! Must not know: the formats of notices, how dates are worked out again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::extract::document_of;
use super::failure::Failure;
use super::input::bytes_of;
use super::pass_report::not_recalculated;
use crate::config::calendars;
use crate::domain::calendar::{CalendarFault, Notice};
use crate::intake::holiday_notice::{HolidayNoticeFault, read_holiday_notice};
use crate::storage::calendars::StoredNotice;
use crate::storage::register_state::ATTEMPTS;
use crate::storage::{StorageError, Store};
use crate::views::changes::MovedView;
use crate::views::holiday_notice::HolidayView;
use crate::wiring::{self, WiringFault};
use crate::words;
use crate::workflows::import_calendar::import_calendar;
use crate::workflows::recalculate::Recalculated;

/// Import the State Council's holiday notices (放假安排通知): one file per year
///
/// The notice as it is published, in Word, HTML or pasted as text: its days are shown for comparison with the paper and
/// imported with --yes. A notice that changes a known year (调整, 延长) is applied to it.
///
/// Or JSON in the format cn-calendar/1, as in config/calendar, or in the format of NateScarlet/holiday-cn; a file for a known
/// year replaces it. The due dates of all open obligations are calculated again; those that move are listed with the notice
/// that moved them.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The days shown are those of the paper: import them
    #[arg(long)]
    yes: bool,
    /// Files to import; all of them, or none
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Loads notices from files.
pub(super) async fn run(
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    for _ in 0..ATTEMPTS {
        if let Some(exit) = load(arguments, &ledger, context).await? {
            return Ok(exit);
        }
    }
    Err(StorageError::KeepsChanging.into())
}

/// `None` when another command has loaded a notice meanwhile: then this one is to be read again.
async fn load(
    arguments: &Arguments,
    ledger: &Arc<dyn Store>,
    context: &mut CommandContext<'_>,
) -> Result<Option<Exit>, Failure> {
    let newest = ledger.newest_notice_id().await?;
    let mut kept = ledger.notices_in_force().await?;
    let Files { notices, fresh, texts } = read(&arguments.files, &kept, context)?;
    if !texts.is_empty() && !arguments.yes {
        return show(&texts, context).map(Some);
    }
    kept.extend(fresh.iter().cloned());
    let law = wiring::law(&context.settings, &kept).map_err(|fault| {
        if let WiringFault::Calendar(fault) = fault {
            Failure::Calendar(fault)
        } else {
            fault.into()
        }
    })?;
    if law.calendar.version() == context.law.calendar.version() {
        context.say(&words!(
            context.lang,
            zh = "读入{n}份通知：没有新内容",
            en = "{n} notices read: nothing new",
            n = notices.len(),
        ))?;
        return Ok(Some(Exit::Done));
    }
    let papers: Vec<&str> = notices.iter().map(Notice::newest_paper).collect();
    let paper = papers.join("、");
    let workflow = context.for_workflow(ledger);
    let Some(done) = import_calendar(workflow, &law, (newest, &fresh), &paper).await? else {
        return Ok(None);
    };
    let certain = law.calendar.certain_through();
    context.law = law;
    context.say(&words!(
        context.lang,
        zh = "导入{n}份通知，工作日历确定至{certain}；重新计算未办结事项{open}项，日期有变{changed}项",
        en = "{n} notices imported, certain through {certain}; dates of {open} open obligations recalculated, {changed} changed",
        n = notices.len(),
        open = done.looked_at,
        changed = done.changed.len(),
    ))?;
    print(context, &done)?;
    Ok(Some(if done.faults.is_empty() { Exit::Done } else { Exit::NeedsPerson }))
}

/// What the files hold.
#[derive(Default)]
struct Files {
    notices: Vec<Notice>,
    fresh: Vec<StoredNotice>,
    /// The notices that were read from their text.
    texts: Vec<Notice>,
}

/// Shows what was read from the text of notices, and asks for confirmation.
fn show(texts: &[Notice], context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let lang = context.lang;
    for notice in texts {
        let (year, number) = (notice.year, notice.newest_paper());
        context.say(&words!(
            lang,
            zh = "{number}，{year}年放假安排如下，请与原文核对：",
            en = "{number}, the days off of {year}; compare them with the paper:"
        ))?;
    }
    let rows: Vec<HolidayView> = texts.iter().flat_map(HolidayView::all).collect();
    context.list(&rows, "")?;
    context.flush()?;
    context.say(lang.pick(
        "未写入任何内容；核对无误后，加 --yes 再运行一次",
        "nothing was written; if every day is right, run the same command with --yes",
    ))?;
    Ok(Exit::NeedsPerson)
}

/// Reads all files; every fault of every file at once.
fn read(
    paths: &[PathBuf],
    kept: &[StoredNotice],
    context: &CommandContext<'_>,
) -> Result<Files, Failure> {
    let (mut files, mut faults) = (Files::default(), Vec::new());
    for path in paths {
        let bytes = bytes_of(path)?;
        let is_json = bytes.trim_ascii_start().starts_with(b"{");
        let body = match std::str::from_utf8(&bytes) {
            Ok(body) if is_json => body.to_owned(),
            Ok(_) | Err(_) => {
                let known = wiring::notices(&context.settings, kept)?;
                let known: Vec<&Notice> = known.iter().chain(&files.notices).collect();
                calendars::write(&from_text(path, &bytes, &known)?)
            }
        };
        match calendars::read(path, &body) {
            Ok(notice) => {
                let file = path.display().to_string();
                // a second paper for a year that another file is about
                if !is_json {
                    files.fresh.retain(|other| other.year != notice.year);
                    files.notices.retain(|other| other.year != notice.year);
                    files.texts.push(notice.clone());
                }
                files.fresh.push(StoredNotice { year: notice.year, file, body });
                files.notices.push(notice);
            }
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(Failure::Notices(faults));
    }
    for (index, notice) in files.notices.iter().enumerate() {
        if let Some(first) =
            files.notices.iter().take(index).find(|other| other.year == notice.year)
        {
            let (first, second) = (first.number.clone(), notice.number.clone());
            let fault = CalendarFault::YearTwice { year: notice.year, first, second };
            return Err(Failure::Calendar(fault));
        }
    }
    Ok(files)
}

/// The notice that a document holds; an amendment together with the notice of its year, the last of those `known`.
fn from_text(path: &Path, bytes: &[u8], known: &[&Notice]) -> Result<Notice, Failure> {
    let document = document_of(path, bytes)?.document;
    let failed =
        |faults: Vec<HolidayNoticeFault>| Failure::HolidayNotice { path: path.to_owned(), faults };
    let published = read_holiday_notice(&document.text).map_err(failed)?;
    let base = known.iter().rev().find(|notice| notice.year == published.year);
    published.applied_to(base.copied()).map_err(|fault| failed(vec![fault]))
}

fn print(context: &mut CommandContext<'_>, done: &Recalculated) -> Result<(), Failure> {
    for (id, fault) in &done.faults {
        context.say(&not_recalculated(id.0, fault, context.lang))?;
    }
    let views: Vec<MovedView> = done.changed.iter().map(MovedView::of).collect();
    context.list(&views, "")
}

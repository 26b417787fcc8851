//! `import calendar`: notices into the ledger, and what they move.
//!
//! Must not know: the formats of notices, how dates are worked out again.

use std::path::PathBuf;

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::pass_report::not_recalculated;
use crate::config::calendars;
use crate::domain::calendar::{CalendarFault, Notice};
use crate::storage::calendars::{Calendars as _, StoredNotice};
use crate::views::changes::MovedView;
use crate::wiring::{self, WiringFault};
use crate::words;
use crate::workflows::import_calendar::import_calendar;
use crate::workflows::recalculate::Recalculated;

/// Import the State Council's holiday notices (放假安排通知): one file per year
///
/// JSON in the format cn-calendar/1, as in config/calendar, or in the format of NateScarlet/holiday-cn. A file for a known
/// year replaces it, as an amendment does. The due dates of all open obligations are calculated again; those that move
/// are listed with the notice that moved them.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files to import; all of them, or none
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Loads notices from files.
pub(super) async fn run(
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let (notices, fresh) = read(&arguments.files)?;
    let ledger = context.ledger().await?;
    let mut kept = ledger.notices_in_force().await?;
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
        return Ok(Exit::Done);
    }
    let papers: Vec<&str> = notices.iter().map(Notice::newest_paper).collect();
    let paper = papers.join("、");
    let done = import_calendar(context.for_workflow(&ledger), &law, &fresh, &paper).await?;
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
    Ok(if done.faults.is_empty() { Exit::Done } else { Exit::NeedsPerson })
}

/// Reads all files; every fault of every file at once.
fn read(files: &[PathBuf]) -> Result<(Vec<Notice>, Vec<StoredNotice>), Failure> {
    let (mut notices, mut kept, mut faults) = (Vec::<Notice>::new(), Vec::new(), Vec::new());
    for path in files {
        let body = std::fs::read_to_string(path)
            .map_err(|source| Failure::File { path: path.clone(), source })?;
        match calendars::read(path, &body) {
            Ok(notice) => {
                let file = path.display().to_string();
                kept.push(StoredNotice { year: notice.year, file, body });
                notices.push(notice);
            }
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(Failure::Notices(faults));
    }
    for (index, notice) in notices.iter().enumerate() {
        if let Some(first) = notices.iter().take(index).find(|other| other.year == notice.year) {
            let (first, second) = (first.number.clone(), notice.number.clone());
            let fault = CalendarFault::YearTwice { year: notice.year, first, second };
            return Err(Failure::Calendar(fault));
        }
    }
    Ok((notices, kept))
}

fn print(context: &mut CommandContext<'_>, done: &Recalculated) -> Result<(), Failure> {
    for (id, fault) in &done.faults {
        context.say(&not_recalculated(id.0, fault, context.lang))?;
    }
    let views: Vec<MovedView> = done.changed.iter().map(MovedView::of).collect();
    context.list(&views, "")
}

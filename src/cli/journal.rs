//! `journal`: what happened, in order, and whether the record still holds together.
//!
//! Must not know: how lines are chained.

use clap::Args;
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use crate::storage::journal::{FIRST_HASH, Journal as _, Line, verify};
use crate::storage::sqlite::Sqlite;

/// Lines read at a time.
const PAGE: u32 = 10_000;

/// Print the journal: who did what to which obligation, and why
///
/// Each entry carries the hash of the entry before it. --verify reads all entries and names the first that was changed,
/// removed or moved.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Check that no entry was changed, instead of printing them
    #[arg(long)]
    verify: bool,
    /// Only entries about this subject, such as "obligation 002-16"
    #[arg(long, value_name = "SUBJECT", conflicts_with = "verify")]
    of: Option<String>,
}

/// A line as JSON and CSV show it.
#[derive(Serialize)]
struct LineView<'a> {
    seq: i64,
    at: String,
    actor: &'a str,
    verb: &'a str,
    subject: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
    reason: Option<&'a str>,
    hash: &'a str,
}

/// Prints or checks the journal.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    if arguments.verify {
        return check(&ledger, context).await;
    }
    let lines = match &arguments.of {
        Some(subject) => ledger.journal_of(subject).await?,
        None => all(&ledger).await?,
    };
    let views: Vec<LineView<'_>> = lines.iter().map(view).collect();
    match context.format {
        Format::Json => context.json(&views)?,
        Format::Csv => context.csv(&COLUMNS, views.iter().map(cells))?,
        Format::Table => {
            let mut table = context
                .table(&["序号", "时间", "经办", "动作", "对象", "之前", "之后", "理由"])
                .right(&[0]);
            for view in &views {
                table.row(cells(view).into_iter().take(8));
            }
            context.print(&table.text())?;
        }
    }
    Ok(Exit::Done)
}

const COLUMNS: [&str; 9] =
    ["seq", "at", "actor", "verb", "subject", "before", "after", "reason", "hash"];

async fn all(ledger: &Sqlite) -> Result<Vec<Line>, Failure> {
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let last = lines.last().map_or(0, |line| line.seq);
        let page = ledger.journal_after(last, PAGE).await?;
        if page.is_empty() {
            return Ok(lines);
        }
        lines.extend(page);
    }
}

async fn check(ledger: &Sqlite, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let mut place = (0, FIRST_HASH.to_owned());
    loop {
        let page = ledger.journal_after(place.0, PAGE).await?;
        if page.is_empty() {
            context.say(&format!("{} lines, none changed, removed or moved", place.0))?;
            return Ok(Exit::Done);
        }
        place = verify(place, &page).map_err(Failure::Chain)?;
    }
}

fn view(line: &Line) -> LineView<'_> {
    LineView {
        seq: line.seq,
        at: super::view::moment(line.at),
        actor: &line.actor,
        verb: &line.verb,
        subject: &line.subject,
        before: line.before.as_deref(),
        after: line.after.as_deref(),
        reason: line.reason.as_deref(),
        hash: &line.hash,
    }
}

fn cells(view: &LineView<'_>) -> Vec<String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    vec![
        view.seq.to_string(),
        view.at.clone(),
        view.actor.to_owned(),
        view.verb.to_owned(),
        view.subject.to_owned(),
        text(view.before),
        text(view.after),
        text(view.reason),
        view.hash.to_owned(),
    ]
}

//! `journal`: what happened, in order, and whether the record still holds together.
//!
//! Must not know: how lines are chained.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::storage::journal::{FIRST_HASH, Journal as _, Line, verify};
use crate::storage::sqlite::Sqlite;
use crate::views::journal::LineView;
use crate::words;

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

/// Prints or checks the journal.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    if arguments.verify {
        return check(&ledger, context).await;
    }
    let lines = match &arguments.of {
        Some(subject) => ledger.journal_of(subject).await?,
        None => all(&ledger).await?,
    };
    let views: Vec<LineView> = lines.iter().map(LineView::of).collect();
    let empty = context.lang.pick("没有记录", "No line of the journal matches");
    context.list(&views, empty)?;
    Ok(Exit::Done)
}

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
    let mut erased = 0;
    loop {
        let page = ledger.journal_after(place.0, PAGE).await?;
        if page.is_empty() {
            let lines = place.0;
            let said = words!(
                context.lang,
                zh = "共{lines}条记录，没有被修改、删除或移动的",
                en = "{lines} lines, none changed, removed or moved",
            );
            context.say(&said)?;
            if erased > 0 {
                let said = words!(
                    context.lang,
                    zh = "其中{erased}处个人信息已依规删除，校验链完整",
                    en = "{erased} fields erased, chain whole",
                );
                context.say(&said)?;
            }
            return Ok(Exit::Done);
        }
        erased += page.iter().map(Line::erased).sum::<usize>();
        place = verify(place, &page).map_err(Failure::Chain)?;
    }
}

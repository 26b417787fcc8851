//! `journal`: what happened, in order, and whether the record still holds together.
//!
//! Must not know: how lines are chained.

use std::sync::Arc;

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::storage::Store;
use crate::storage::journal::{ChainFault, FIRST_HASH, Line, short_hash, verify};
use crate::views::journal::LineView;
use crate::words;

/// Lines read at a time.
const PAGE: u32 = 10_000;

/// Print the journal: who did what to which obligation, and why
///
/// Each entry carries the hash of the entry before it. --verify reads all entries and names the first that was changed,
/// removed or moved; the mark beside the ledger tells whether the newest ones are missing. The hashes have no key: whoever
/// can write the ledger and the mark could make them anew. Compare the newest hash with the operator's daily mail then.
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

async fn all(ledger: &Arc<dyn Store>) -> Result<Vec<Line>, Failure> {
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

async fn check(ledger: &Arc<dyn Store>, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let known = ledger.marked_line().await?;
    let mut place = (0, FIRST_HASH.to_owned());
    let (mut erased, mut is_known_met) = (0, known.is_none());
    loop {
        let page = ledger.journal_after(place.0, PAGE).await?;
        if page.is_empty() {
            break;
        }
        erased += page.iter().map(Line::erased).sum::<usize>();
        place = verify(place, &page).map_err(Failure::Chain)?;
        let is_it = |line: &Line| {
            known.as_ref().is_some_and(|(seq, hash)| line.seq == *seq && line.hash == *hash)
        };
        is_known_met |= page.iter().any(is_it);
    }
    let (lines, hash) = place;
    if let Some((known, _)) = known.filter(|_| !is_known_met) {
        return Err(Failure::Chain(ChainFault::NotTheKnownLine { known, last: lines }));
    }
    let said = words!(
        context.lang,
        zh = "共{lines}条记录，没有被修改、删除或移动的；最新一条的校验值为{hash}，应与管理员每日邮件所记相符",
        en = "{lines} lines, none changed, removed or moved; the hash of the newest is {hash}: the operator's daily mail has it too",
        hash = short_hash(&hash),
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
    Ok(Exit::Done)
}

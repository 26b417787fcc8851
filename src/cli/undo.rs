//! `undo`: takes back a whole import, or one wrong entry about an obligation.
//!
//! Must not know: what an import changed, what follows from an entry.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use crate::views::entries::EntryView;
use crate::views::import::{UndoneView, undone_lines};
use crate::words;
use crate::workflows::import_obligations::undo_import;
use crate::workflows::undo_entry::{entry_list, in_words, move_share, undo_entry};

/// Take back a wrong entry about an obligation, or a whole import
///
/// An entry is an acknowledgement, report, closing, reopening or withdrawal, an extension, suspension, resumption or restart,
/// or a counted event. It stays on record as taken back; states, dates and reminders are as if it had not been made, and
/// those who were mailed another date are told once.
///
/// A share that was given to the wrong unit is moved with --unit WRONG --as RIGHT: whoever was told of it hears so once, and
/// the right unit is reminded from that day on.
///
/// What an import added is removed, or withdrawn where somebody was told of it or worked with it; what it revised or withdrew
/// stands as before. `duban import list` lists imports with their numbers.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Reference (编号) or number of the obligation
    #[arg(value_name = "ID", required_unless_present = "import", conflicts_with = "import")]
    id: Option<String>,
    /// The number of the entry, as --list shows it; default: the last one
    #[arg(long, value_name = "NUMBER", requires = "id")]
    entry: Option<usize>,
    /// Show the entries and their numbers; take nothing back
    #[arg(long, requires = "id", conflicts_with = "entry")]
    list: bool,
    /// The unit that the share was given to by mistake
    #[arg(long, value_name = "UNIT", requires = "right", conflicts_with_all = ["entry", "list"])]
    unit: Option<String>,
    /// With --unit: the unit that owes the share
    #[arg(long = "as", value_name = "UNIT", requires = "unit")]
    right: Option<String>,
    /// The number of the import
    #[arg(long, value_name = "NUMBER")]
    import: Option<i64>,
    /// The reason, for the journal
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let Arguments { id, entry, list, unit, right, import, reason } = arguments;
    let Some(id) = id else {
        return match import {
            Some(number) => take_import_back(number, reason, context).await,
            None => Ok(Exit::Usage),
        };
    };
    if list {
        return show(&id, context).await;
    }
    let reason = reason.unwrap_or_default();
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let struck = match unit.zip(right) {
        Some((wrong, right)) => move_share(workflow, &id, (&wrong, &right), reason).await?,
        None => undo_entry(workflow, &id, entry, reason).await?,
    };
    for entry in &struck.entries {
        let what = in_words(entry, &struck.directory, context.lang);
        context.say(&words!(context.lang, zh = "已更正：{what}", en = "taken back: {what}"))?;
    }
    Ok(Exit::Done)
}

async fn show(id: &str, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    let list = entry_list(context.for_workflow(&ledger), id).await?;
    let views = EntryView::all(&list);
    context.list(&views, context.lang.pick("没有可更正的记录", "nothing was entered"))?;
    Ok(Exit::Done)
}

async fn take_import_back(
    number: i64,
    reason: Option<String>,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let undone = undo_import(context.for_workflow(&ledger), number, reason).await?;
    if context.format == Format::Json {
        context.json(&UndoneView::of(&undone))?;
        return Ok(Exit::Done);
    }
    for line in undone_lines(&undone, context.lang) {
        context.say(&line)?;
    }
    Ok(Exit::Done)
}

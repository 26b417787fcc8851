//! `undo`: takes back a whole import.
//!
//! Must not know: what an import changed.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use crate::views::import::{UndoneView, undone_lines};
use crate::workflows::import_obligations::undo_import;

/// Take a whole import back
///
/// What it added is removed, or withdrawn where somebody was told of it or worked with it; what it revised or withdrew
/// stands as before. `duban import list` lists imports with their numbers.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The number of the import
    #[arg(long, value_name = "NUMBER", required = true)]
    import: i64,
    /// The reason, for the journal
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let undone = undo_import(workflow, arguments.import, arguments.reason).await?;
    if context.format == Format::Json {
        context.json(&UndoneView::of(&undone))?;
        return Ok(Exit::Done);
    }
    for line in undone_lines(&undone, context.lang) {
        context.say(&line)?;
    }
    Ok(Exit::Done)
}

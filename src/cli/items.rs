//! `items`: what needs a person, and `items done`: a person has dealt with it.
//!
//! Must not know: what opens an item.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::status::findings;
use crate::storage::messages::Messages as _;
use crate::views::status::FindingView;
use crate::words;
use crate::workflows::findings::Finding;

/// List what needs a person (待人工处理), or mark it as done with
///
/// The list is the same as in `duban status` and in the operator's mail, the worst first. Exit code 20: something is urgent.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Done(Done),
}

/// Mark items as done with (处理完毕)
///
/// A mailbox that did not exist gets mail again. An answer that is done with and was not confirmed by `duban ack` changes
/// nothing.
#[derive(Debug, Args)]
struct Done {
    /// Keys of the items, as `duban items` lists them, such as mailbox:NAME@DOMAIN; all of them, or none
    #[arg(value_name = "ITEM", required = true)]
    keys: Vec<String>,
}

pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match arguments.command {
        None => list(context).await,
        Some(Command::Done(done)) => resolve(done.keys, context).await,
    }
}

async fn list(context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let findings = findings(context).await?;
    let views: Vec<FindingView> = findings.iter().map(FindingView::of).collect();
    context.list(&views, context.lang.pick("没有待人工处理的事项", "nothing needs a person"))?;
    let is_urgent = findings.iter().any(Finding::is_urgent);
    Ok(if is_urgent { Exit::NeedsPerson } else { Exit::Done })
}

/// Marks the items as done with; when one of them is not open, none is marked.
async fn resolve(keys: Vec<String>, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let open: BTreeSet<String> =
        ledger.open_items().await?.into_iter().map(|item| item.key.to_string()).collect();
    let keys: BTreeSet<String> = keys.into_iter().collect();
    let unknown: Vec<String> = keys.difference(&open).cloned().collect();
    if !unknown.is_empty() {
        return Err(Failure::NotOpenItems(unknown));
    }
    for key in keys {
        if ledger.resolve_item(&key, &context.actor, context.now()).await? {
            context.say(&words!(
                context.lang,
                zh = "已处理完毕：{key}",
                en = "done with: {key}"
            ))?;
        }
    }
    Ok(Exit::Done)
}

//! `items`: what needs a person, and `items done`: a person has dealt with it.
//!
//! Must not know: what opens an item.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::storage::messages::Messages as _;
use crate::views::status::ItemView;
use crate::words;

/// List what needs a person (待人工处理), or mark it as done with
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
    let ledger = context.ledger().await?;
    let items: Vec<ItemView> = ledger.open_items().await?.iter().map(ItemView::of).collect();
    context.list(&items, context.lang.pick("没有待人工处理的事项", "nothing needs a person"))?;
    Ok(if items.is_empty() { Exit::Done } else { Exit::NeedsPerson })
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

//! `items`: what needs a person; `items done`: a person has dealt with it; `items decide`: it waits until a day.
//!
//! Must not know: what opens an item.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::status::findings;
use super::values;
use crate::domain::item::ItemKind;
use crate::storage::unattended::Decision;
use crate::views::status::FindingView;
use crate::words;
use crate::workflows::Refused;
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
    Decide(Decide),
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

/// Put items off until a day (暂缓处理)
///
/// They come back on that day, unless their cause is gone by then. A later decision about the same item replaces it. Mailboxes
/// are not put off: `duban items done` says that they work again.
#[derive(Debug, Args)]
struct Decide {
    /// Keys of the items, as `duban items` lists them; all of them, or none
    #[arg(value_name = "ITEM", required = true)]
    keys: Vec<String>,
    /// The day on which they come back
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    until: Date,
    /// What was decided, and why; kept in the journal
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match arguments.command {
        None => list(context).await,
        Some(Command::Done(done)) => resolve(done.keys, context).await,
        Some(Command::Decide(decided)) => decide(decided, context).await,
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

/// Puts the items off; when one of them is not open, none is.
async fn decide(decided: Decide, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let today = context.now().today();
    if decided.until <= today {
        return Err(Refused::SilenceInPast { until: decided.until, today }.into());
    }
    let findings = findings(context).await?;
    let open = findings.iter().filter_map(Finding::key);
    let open: BTreeSet<String> =
        open.filter(|key| key.kind() != ItemKind::Mailbox).map(ToString::to_string).collect();
    let keys: BTreeSet<String> = decided.keys.into_iter().collect();
    let unknown: Vec<String> = keys.difference(&open).cloned().collect();
    if !unknown.is_empty() {
        return Err(Failure::NotOpenItems(unknown));
    }
    let actor = context.actor.clone();
    let decision =
        |key| Decision { key, until: decided.until, reason: &decided.reason, actor: &actor };
    let decisions: Vec<Decision<'_>> = keys.iter().map(|key| decision(key)).collect();
    let ledger = context.ledger().await?;
    ledger.decide_items(&decisions, context.now()).await?;
    for key in &keys {
        context.say(&words!(
            context.lang,
            zh = "{key}：暂缓至{until}",
            en = "{key}: put off until {until}",
            until = decided.until
        ))?;
    }
    Ok(Exit::Done)
}

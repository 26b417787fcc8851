//! `settle`: a person has looked after what waited for one.
//!
//! Must not know: what called the person.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::storage::messages::Messages as _;
use crate::words;

/// Mark what waited for a person as looked after; `duban status` names it.
///
/// A mailbox that did not exist gets mail again. An answer that was settled without `duban ack` changes nothing.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// As `duban status` names it: mailbox:NAME@DOMAIN, undelivered:7, answer:12
    #[arg(value_name = "ITEM", required = true)]
    items: Vec<String>,
}

/// Settles each, and says which are not open.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let mut unknown = Vec::new();
    for item in arguments.items {
        if ledger.resolve_item(&item, &context.actor, context.now()).await? {
            context.say(&words!(
                context.lang,
                zh = "已处理完毕：{item}",
                en = "done with: {item}"
            ))?;
        } else {
            unknown.push(item);
        }
    }
    if unknown.is_empty() { Ok(Exit::Done) } else { Err(Failure::NothingToSettle(unknown)) }
}

//! `settle`: a person has looked after what waited for one.
//!
//! Must not know: what called the person.

use clap::Args;

use super::Exit;
use super::failure::Failure;
use super::session::Session;
use crate::storage::mailroom::Mailroom as _;

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
pub(super) async fn run(arguments: Arguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let ledger = session.ledger().await?;
    let mut unknown = Vec::new();
    for item in arguments.items {
        if ledger.settle_item(&item, &session.actor, session.now()).await? {
            session.say(&format!("settled: {item}"))?;
        } else {
            unknown.push(item);
        }
    }
    if unknown.is_empty() { Ok(Exit::Done) } else { Err(Failure::NothingToSettle(unknown)) }
}

//! `adopt`: a person takes a copied or restored ledger for the one to work with, or the clock for right.
//!
//! Must not know: how either came into doubt.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::message::watch as words;
use crate::domain::delivery::MessageState;
use crate::domain::watch::{Displacement, Hold};
use crate::storage::health::Health as _;
use crate::storage::instance::Instances as _;
use crate::storage::sqlite::Sqlite;

/// Take this ledger for the one to work with, after it was copied, restored or moved; until then all its mail is held.
///
/// Make sure that no other duban works on the original: both would remind the same people. What was sent after a backup
/// was made is not on record in it and is sent again, under the same Message-ID.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Confirm the clock instead, after it moved forward further than expected
    #[arg(long)]
    clock: bool,
}

/// Adopts what is asked, and says what still holds all mail.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    if arguments.clock {
        confirm_clock(&ledger, context).await?;
    } else {
        adopt(&ledger, context).await?;
    }
    let holds = context.guard.holds(&ledger).await?;
    say_holds(context, &holds)?;
    Ok(if holds.is_empty() { Exit::Done } else { Exit::NeedsPerson })
}

async fn adopt(ledger: &Sqlite, context: &mut CommandContext<'_>) -> Result<(), Failure> {
    let Some(displacement) = ledger.adopt(&context.actor, context.now()).await? else {
        return context.say("the ledger is at home here: there is nothing to adopt");
    };
    context.say("adopted: the ledger is at home here from now on")?;
    if displacement == Displacement::Older {
        context.say(
            "what was sent since it was saved may be sent again, under the same Message-IDs",
        )?;
    }
    let waiting = waiting(ledger).await?;
    context.say(&format!(
        "{waiting} mails wait; see `duban outbox list`, and who is told next with `duban remind --dry-run`"
    ))
}

async fn waiting(ledger: &Sqlite) -> Result<u64, Failure> {
    let counts = ledger.messages_by_state().await?;
    Ok(counts
        .iter()
        .filter(|(state, _)| state.is_waiting() || **state == MessageState::Leased)
        .map(|(_, count)| count)
        .sum())
}

async fn confirm_clock(ledger: &Sqlite, context: &mut CommandContext<'_>) -> Result<(), Failure> {
    if context.clock.counted().is_none() {
        return Err(Failure::AssumedClock);
    }
    let doubted = context.guard.holds(ledger).await?;
    if !doubted.iter().any(|hold| matches!(hold, Hold::ClockAhead { .. })) {
        return context.say("nothing is held because of the clock");
    }
    ledger.confirm_clock(&context.actor, context.now()).await?;
    let now = context.now().local().strftime("%F %H:%M").to_string();
    context.say(&format!("confirmed: it is {now} (Asia/Shanghai)"))
}

/// Says each hold and the way out of it.
pub(super) fn say_holds(context: &mut CommandContext<'_>, holds: &[Hold]) -> Result<(), Failure> {
    for hold in holds {
        context.say(&words::hold(*hold))?;
        context.say(&format!("hint: {}", words::way_out(*hold)))?;
    }
    Ok(())
}

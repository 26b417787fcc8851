//! `status`: how the service stands, in figures and in what waits for a person.
//!
//! Must not know: how anything of it is repaired.

use std::collections::BTreeMap;

use clap::Args;
use jiff::SignedDuration;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::domain::delivery::MessageState;
use crate::storage::audit::{Audit as _, Grace, Violation};
use crate::storage::health::Health as _;
use crate::storage::incoming::IncomingMail as _;
use crate::storage::messages::Messages as _;
use crate::views::status::{
    BreakerView, Certainty, HoldView, ItemView, StatusView, ViolationView, last_pass_at,
};
use crate::workflows::send_guard::last_pass;

/// What may be late before it counts as forgotten: a weekend with a holiday beside it, and the planner's own day.
const GRACE: Grace =
    Grace { due: SignedDuration::from_hours(12 * 24), look: SignedDuration::from_hours(12 * 24) };

/// Show the state of the service
///
/// Shows the last pass, what holds all mail, mails by state, open circuit breakers, what needs a person, and until when the
/// calendar is certain.
///
/// Exit code 0: all is well. 20: something needs a person, or the last complete pass is more than one working day old. 11:
/// --deep found the ledger damaged or inconsistent.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Also read every mail and check the consistency of the whole ledger
    #[arg(long)]
    deep: bool,
}

/// Shows how the service stands.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    if arguments.deep {
        ledger.check_pages().await?;
    }
    let last_pass = last_pass(&ledger, &context.law.calendar, context.now()).await?;
    let holds = context.guard.holds(&ledger).await?;
    let messages = ledger.messages_by_state().await?;
    let breakers = ledger.open_breakers().await?;
    let items = ledger.open_items().await?;
    let violations =
        if arguments.deep { Some(ledger.violations(GRACE, context.now()).await?) } else { None };
    let calendar = certainty(context);
    let needs_person = last_pass.stale || !holds.is_empty() || !items.is_empty() || !calendar.well;
    let exit = verdict(&messages, needs_person, violations.as_deref());
    let view = StatusView {
        last_pass_at: last_pass_at(last_pass.at),
        last_pass_is_stale: last_pass.stale,
        holds: holds.iter().map(|hold| HoldView::of(*hold)).collect(),
        messages: messages.iter().map(|(state, count)| (state.word(), *count)).collect(),
        incoming: ledger.incoming_by_kind().await?,
        closed_roads: breakers.iter().map(BreakerView::of).collect(),
        items: items.iter().map(ItemView::of).collect(),
        calendar,
        violations: violations.map(|all| all.iter().map(ViolationView::of).collect()),
    };
    context.list_as(&view, &view.rows(), "")?;
    Ok(exit)
}

fn verdict(
    messages: &BTreeMap<MessageState, u64>,
    needs_person: bool,
    violations: Option<&[Violation]>,
) -> Exit {
    if violations.is_some_and(|violations| !violations.is_empty()) {
        return Exit::Database;
    }
    let held = messages.get(&MessageState::Held).is_some_and(|count| *count > 0);
    if held || needs_person { Exit::NeedsPerson } else { Exit::Done }
}

/// How long the calendar in force is certain, from today on.
pub(super) fn certainty(context: &CommandContext<'_>) -> Certainty {
    let calendar = &context.law.calendar;
    Certainty::of(calendar.certain_through(), calendar.days_certain(context.now().today()))
}

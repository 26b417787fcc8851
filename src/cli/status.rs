//! `status`: how the service stands, in figures and in what waits for a person.
//!
//! Must not know: how anything of it is repaired.

use clap::Args;
use jiff::SignedDuration;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;

use crate::storage::audit::{Grace, Violation};
use crate::views::status::FindingView;
use crate::views::status::{
    BreakerView, Certainty, HoldView, ItemView, StatusView, ViolationView, last_pass_at,
};
use crate::wiring::finding_terms;
use crate::workflows::findings::{self, Finding};
use crate::workflows::send_guard::last_pass;

/// How long planning may be late before it counts as forgotten: a long weekend and one day.
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
    let ledger = context.ledger_to_read().await?;
    if arguments.deep {
        ledger.check_pages().await?;
    }
    let last_pass = last_pass(ledger.as_ref(), &context.law.calendar, context.now()).await?;
    let holds = context.guard.holds(ledger.as_ref()).await?;
    let messages = ledger.messages_by_state().await?;
    let breakers = ledger.open_breakers().await?;
    let items = ledger.open_items().await?;
    let violations =
        if arguments.deep { Some(ledger.violations(GRACE, context.now()).await?) } else { None };
    let findings = findings(context).await?;
    let exit = verdict(&findings, violations.as_deref());
    let view = StatusView {
        last_pass_at: last_pass_at(last_pass.at),
        last_pass_is_stale: last_pass.is_stale,
        holds: holds.iter().map(|hold| HoldView::of(*hold)).collect(),
        messages: messages.iter().map(|(state, count)| (state.word(), *count)).collect(),
        incoming: ledger.incoming_by_kind().await?,
        closed_roads: breakers.iter().map(BreakerView::of).collect(),
        items: items.iter().map(ItemView::of).collect(),
        findings: findings.iter().map(FindingView::of).collect(),
        calendar: certainty(context),
        violations: violations.map(|all| all.iter().map(ViolationView::of).collect()),
    };
    context.list_as(&view, &view.rows(), "")?;
    Ok(exit)
}

/// Everything that needs a person.
pub(super) async fn findings(context: &mut CommandContext<'_>) -> Result<Vec<Finding>, Failure> {
    let ledger = context.ledger_to_read().await?;
    let terms = finding_terms(&context.settings);
    Ok(findings::findings(context.for_workflow(&ledger), &context.guard, &terms).await?)
}

fn verdict(findings: &[Finding], violations: Option<&[Violation]>) -> Exit {
    match violations {
        Some([_, ..]) => Exit::Database,
        _ if findings.iter().any(Finding::is_urgent) => Exit::NeedsPerson,
        _ => Exit::Done,
    }
}

/// How long the calendar in force is certain, from today on.
pub(super) fn certainty(context: &CommandContext<'_>) -> Certainty {
    let calendar = &context.law.calendar;
    Certainty::of(calendar.certain_through(), calendar.days_certain(context.now().today()))
}

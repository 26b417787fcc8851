//! `status`: how the service stands, in figures and in what waits for a person.
//!
//! Must not know: how anything of it is repaired.

use std::collections::BTreeMap;

use clap::Args;
use jiff::SignedDuration;
use serde::Serialize;

use super::certainty::Certainty;
use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::message::watch as words;
use super::view;
use crate::domain::delivery::MessageState;
use crate::domain::watch::Hold;
use crate::storage::audit::{Audit as _, Grace, Violation};
use crate::storage::health::Health as _;
use crate::storage::incoming::IncomingMail as _;
use crate::storage::messages::{Messages as _, OpenBreaker, OpenItem};
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

/// The whole state as JSON shows it.
#[derive(Serialize)]
struct StatusView {
    /// `null` when there was none.
    last_pass_at: Option<String>,
    last_pass_is_stale: bool,
    holds: Vec<HoldView>,
    messages: BTreeMap<&'static str, u64>,
    /// Mails that came in, by what they were.
    incoming: BTreeMap<String, u64>,
    closed_roads: Vec<RoadView>,
    items: Vec<ItemView>,
    calendar: Certainty,
    /// `null` unless asked for with --deep.
    violations: Option<Vec<ViolationView>>,
}

#[derive(Serialize)]
struct HoldView {
    hold: &'static str,
    detail: String,
    way_out: &'static str,
}

#[derive(Serialize)]
struct RoadView {
    road: String,
    reason: &'static str,
    since: String,
    next_probe_at: String,
    failures: u32,
}

#[derive(Serialize)]
struct ItemView {
    key: String,
    kind: String,
    detail: String,
    since: String,
}

#[derive(Serialize)]
struct ViolationView {
    invariant: &'static str,
    subject: String,
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
    let roads = ledger.open_breakers().await?;
    let items = ledger.open_items().await?;
    let violations =
        if arguments.deep { Some(ledger.violations(GRACE, context.now()).await?) } else { None };
    let calendar = Certainty::of(context);
    let calls = last_pass.stale || !holds.is_empty() || !items.is_empty() || !calendar.well;
    let exit = verdict(&messages, calls, violations.as_deref());
    let view = StatusView {
        last_pass_at: last_pass.at.map(|at| view::moment(at.seconds())),
        last_pass_is_stale: last_pass.stale,
        holds: holds.iter().map(hold_view).collect(),
        messages: messages.iter().map(|(state, count)| (state.word(), *count)).collect(),
        incoming: ledger.incoming_by_kind().await?,
        closed_roads: roads.iter().map(road_view).collect(),
        items: items.iter().map(item_view).collect(),
        calendar,
        violations: violations.map(|all| all.iter().map(violation_view).collect()),
    };
    match context.format {
        Format::Json => context.json(&view)?,
        Format::Csv => context.csv(&["what", "which", "detail"], rows(&view))?,
        Format::Table => {
            let mut table = context.table(&["方面", "对象", "情况"]);
            for row in rows(&view) {
                table.row(row);
            }
            context.print(&table.text())?;
        }
    }
    Ok(exit)
}

fn verdict(
    messages: &BTreeMap<MessageState, u64>,
    calls: bool,
    violations: Option<&[Violation]>,
) -> Exit {
    if violations.is_some_and(|violations| !violations.is_empty()) {
        return Exit::Database;
    }
    let held = messages.get(&MessageState::Held).is_some_and(|count| *count > 0);
    if held || calls { Exit::NeedsPerson } else { Exit::Done }
}

fn rows(view: &StatusView) -> Vec<Vec<String>> {
    let row =
        |what: &str, which: &str, detail: String| vec![what.to_owned(), which.to_owned(), detail];
    let pass = row("last pass", freshness(view), view.last_pass_at.clone().unwrap_or_default());
    let holds = view
        .holds
        .iter()
        .map(|hold| row("all mail held", hold.hold, format!("{}; {}", hold.detail, hold.way_out)));
    let messages =
        view.messages.iter().map(|(state, count)| row("messages", state, count.to_string()));
    let incoming =
        view.incoming.iter().map(|(kind, count)| row("incoming", kind, count.to_string()));
    let roads = view.closed_roads.iter().map(|road| {
        let RoadView { reason, since, next_probe_at, failures, .. } = road;
        let detail =
            format!("{reason}, {failures} failures since {since}, next try {next_probe_at}");
        row("closed road", &road.road, detail)
    });
    let items = view.items.iter().map(|item| {
        row("needs a person", &item.key, format!("{} (since {})", item.detail, item.since))
    });
    let violations = view
        .violations
        .iter()
        .flatten()
        .map(|violation| row("violation", violation.invariant, violation.subject.clone()));
    let calendar = Some(&view.calendar).filter(|calendar| !calendar.well);
    let calendar =
        calendar.map(|calendar| row("needs a person", "calendar", calendar.detail.clone()));
    std::iter::once(pass)
        .chain(holds)
        .chain(messages)
        .chain(incoming)
        .chain(roads)
        .chain(items)
        .chain(calendar)
        .chain(violations)
        .collect()
}

fn freshness(view: &StatusView) -> &'static str {
    match (view.last_pass_is_stale, &view.last_pass_at) {
        (true, _) => "too long ago",
        (false, Some(_)) => "ok",
        (false, None) => "none yet",
    }
}

fn hold_view(hold: &Hold) -> HoldView {
    HoldView { hold: hold.word(), detail: words::hold(*hold), way_out: words::way_out(*hold) }
}

fn road_view(road: &OpenBreaker) -> RoadView {
    RoadView {
        road: road.scope.word(),
        reason: road.reason.word(),
        since: view::moment(road.since.seconds()),
        next_probe_at: view::moment(road.next_probe.seconds()),
        failures: road.failures,
    }
}

fn item_view(item: &OpenItem) -> ItemView {
    ItemView {
        key: item.key.to_string(),
        kind: item.key.kind().word().to_owned(),
        detail: item.detail.clone(),
        since: view::moment(item.since.seconds()),
    }
}

fn violation_view(violation: &Violation) -> ViolationView {
    ViolationView { invariant: violation.invariant.word(), subject: violation.subject.clone() }
}

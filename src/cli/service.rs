//! `remind` and `serve`: one pass now, or the daemon.
//!
//! Must not know: what a pass does.

use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::ledger;
use crate::daemon::{self, CronSchedule, LedgerLock, OfficeJobs, Renewal};
use crate::logging;
use crate::storage::health::Health as _;
use crate::storage::outbox::SealedMessage;
use crate::storage::sqlite::Sqlite;
use crate::wiring::{self, Services};
use crate::workflows::recalculate::{ChangedDate, Recalculated};
use crate::workflows::remind::{PassReport, ReminderService};

/// Run one pass now: plan the reminders that are due, write one mail for each contact, send
///
/// A second run sends nothing more. Outside mail hours nothing is planned. A daemon may run at the same time.
#[derive(Debug, Args)]
pub(super) struct Remind {
    /// Show what would be sent, without changing or sending anything
    #[arg(long)]
    dry_run: bool,
}

/// Run the daemon
///
/// Makes a pass by the schedule of the configuration, catches up after downtime, and stops cleanly on SIGTERM.
#[derive(Debug, Args)]
pub(super) struct Serve {}

/// A mail as JSON and CSV show it.
#[derive(Serialize)]
struct MessageView<'a> {
    message_id: &'a str,
    recipient: &'a str,
    subject: &'a str,
    held: bool,
}

/// Makes one pass.
pub(super) async fn remind(
    arguments: Remind,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    if arguments.dry_run {
        let ledger = context.ledger().await?;
        return rehearse(&ledger, context).await;
    }
    pass(context).await
}

/// Makes one pass and says what it did.
pub(super) async fn pass(context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    logging::start(&context.settings.log)?;
    let ledger = context.ledger().await?;
    ledger.check_pages().await?;
    let service = reminder_service(context, &ledger)?;
    service.recover().await?;
    let report = service.pass(context.now(), &CancellationToken::new()).await?;
    print_messages(context, &report.sealed.messages)?;
    say_report(context, &report)
}

/// Plays the pass on a copy of the ledger, up to the sealed mails.
async fn rehearse(ledger: &Sqlite, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let folder = tempfile::tempdir()?;
    let copy = ledger.copy_to(&folder.path().join("rehearsal.db")).await?;
    let service = reminder_service(context, &copy)?;
    let (recalculated, messages) = service.rehearse(context.now()).await?;
    copy.close().await;
    say_recalculated(context, &recalculated)?;
    print_messages(context, &messages)?;
    context.say(&format!("{} mails would be sent; nothing was changed", messages.len()))?;
    Ok(Exit::Done)
}

/// Runs the daemon until it is told to stop.
pub(super) async fn serve(context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    logging::start(&context.settings.log)?;
    let _lock = LedgerLock::take(&context.settings.database)?;
    let ledger = context.ledger().await?;
    ledger.check_pages().await?;
    let services = Services {
        settings: context.settings.clone(),
        ledger,
        guard: Arc::clone(&context.guard),
        actor: context.actor.clone(),
    };
    let (service, renewal) = Renewal::start(services).await?;
    let schedule = CronSchedule {
        pass: context.settings.schedule.pass.clone(),
        heartbeat: context.settings.schedule.heartbeat.clone(),
    };
    daemon::run(Arc::new(OfficeJobs::new(service, renewal)), &schedule).await?;
    Ok(Exit::Done)
}

/// What a pass works with, on this ledger.
pub(super) fn reminder_service(
    context: &CommandContext<'_>,
    ledger: &Sqlite,
) -> Result<ReminderService, Failure> {
    Ok(wiring::reminder_service(
        &context.settings,
        &context.law,
        ledger,
        &context.guard,
        &context.actor,
    )?)
}

fn print_messages(
    context: &mut CommandContext<'_>,
    messages: &[SealedMessage],
) -> Result<(), Failure> {
    let views: Vec<MessageView<'_>> = messages.iter().map(view).collect();
    match context.format {
        Format::Json => context.json(&views),
        Format::Csv => context.csv(&COLUMNS, views.iter().map(cells)),
        Format::Table if views.is_empty() => Ok(()),
        Format::Table => {
            let mut table = context.table(&["收件人", "主题"]);
            for view in &views {
                table.row([view.recipient, view.subject]);
            }
            context.print(&table.text())
        }
    }
}

const COLUMNS: [&str; 4] = ["message_id", "recipient", "subject", "held"];

fn view(message: &SealedMessage) -> MessageView<'_> {
    MessageView {
        message_id: &message.message_id,
        recipient: message.recipient.as_str(),
        subject: &message.subject,
        held: message.held.is_some(),
    }
}

fn cells(view: &MessageView<'_>) -> Vec<String> {
    vec![
        view.message_id.to_owned(),
        view.recipient.to_owned(),
        view.subject.to_owned(),
        view.held.to_string(),
    ]
}

/// `002-13: due 2022-12-31 before, 2022-12-30 now; 国办发明电〔2022〕16号`.
fn moved_line(moved: &ChangedDate) -> String {
    let words = |due: Option<(Date, bool)>| match due {
        Some((due, true)) => format!("{due} (provisional)"),
        Some((due, false)) => due.to_string(),
        None => "none".to_owned(),
    };
    let before =
        moved.obligation.deadline.as_ref().map(|deadline| (deadline.due, deadline.provisional));
    let reference = moved.obligation.inputs.full_reference();
    let (before, now) = (words(before), words(moved.now_due));
    format!("{reference}: due {before} before, {now} now; {}", moved.paper)
}

/// Lists what the law in force has moved.
fn say_recalculated(
    context: &mut CommandContext<'_>,
    recalculated: &Recalculated,
) -> Result<(), Failure> {
    for moved in &recalculated.changed {
        context.say(&moved_line(moved))?;
    }
    for (id, fault) in &recalculated.faults {
        context.say(&format!("obligation {}: {fault}; its date stays as it was", id.0))?;
    }
    Ok(())
}

fn say_report(context: &mut CommandContext<'_>, report: &PassReport) -> Result<Exit, Failure> {
    let counts = &report.counts;
    if !report.holds.is_empty() {
        ledger::say_holds(context, &report.holds)?;
        return Ok(Exit::NeedsPerson);
    }
    if !report.hours_open {
        let hours = context.settings.schedule.mail_hours;
        context.say(&format!(
            "{} lies outside mail hours (working days, {} to {}): nothing was planned",
            report.now.local().strftime("%F %H:%M"),
            hours.from.strftime("%H:%M"),
            hours.until.strftime("%H:%M"),
        ))?;
    }
    say_recalculated(context, &report.recalculated)?;
    context.say(&format!(
        "{} mails sealed, {} accepted",
        report.sealed.messages.len(),
        counts.accepted
    ))?;
    let held = report.sealed.messages.iter().filter(|message| message.held.is_some()).count();
    if held > 0 {
        context.say(&format!(
            "{held} mails are held: far more than usual. Look at them with `duban outbox list --state held`, then `duban outbox \
             release --all --count {held}`"
        ))?;
    }
    for (contact, fault) in &report.sealed.faults {
        context.say(&format!("contact {}: no mail could be written: {fault}", contact.0))?;
    }
    let waiting = [counts.uncharged, counts.deferred, counts.unknown].iter().sum::<u64>();
    if waiting > 0 {
        context.say(&format!(
            "{waiting} attempts failed for now and are tried again; see `duban outbox list`"
        ))?;
    }
    if counts.held + counts.dead + counts.expired > 0 {
        context.say("some mails need a person; see `duban outbox list`")?;
    }
    Ok(match () {
        () if counts.uncharged > 0 && counts.accepted == 0 => Exit::Relay,
        () if waiting + counts.held + counts.dead + counts.expired > 0
            || held > 0
            || !report.sealed.faults.is_empty()
            || !report.recalculated.faults.is_empty() =>
        {
            Exit::NeedsPerson
        }
        () => Exit::Done,
    })
}

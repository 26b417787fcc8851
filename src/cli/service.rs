//! `remind` and `serve`: one pass now, or the daemon.
//!
//! Must not know: what a pass does.

use std::sync::Arc;

use clap::Args;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::pass_report::{say_recalculated, say_report};
use super::rehearsal_folder::RehearsalFolder;
use crate::config::{LogSettings, TransportSettings};
use crate::daemon::{self, CronSchedule, LedgerLock, OfficeJobs, Renewal};
use crate::logging;
use crate::storage::Store;
use crate::views::messages::WrittenMailView;
use crate::wiring::{self, Services};
use crate::words;
use crate::workflows::remind::ReminderService;
use crate::workflows::seal_messages::WrittenMail;

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

pub(super) async fn remind(
    arguments: Remind,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    if arguments.dry_run {
        let ledger = context.ledger_to_read().await?;
        return rehearse(&ledger, context).await;
    }
    pass(context).await
}

/// Makes one pass and says what it did.
pub(super) async fn pass(context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    refuse_assumed_time(context)?;
    logging::start(&log_settings(context))?;
    let ledger = context.ledger().await?;
    ledger.check_pages_once_a_day(context.now()).await?;
    let service = reminder_service(context, &ledger)?;
    service.recover().await?;
    let report = service.pass(context.now(), &CancellationToken::new()).await?;
    print_messages(context, &report.sealed.messages)?;
    say_report(context, &report)
}

/// People would get mail that says another day than theirs. A relay on this machine is one for trials.
fn refuse_assumed_time(context: &CommandContext<'_>) -> Result<(), Failure> {
    match &context.settings.mail.transport {
        TransportSettings::Smtp(relay)
            if context.is_time_assumed && !relay.is_on_this_machine() =>
        {
            Err(Failure::AssumedTime { relay: relay.smtp.host.clone() })
        }
        TransportSettings::Smtp(_) | TransportSettings::Maildir(_) => Ok(()),
    }
}

/// On a terminal a person reads the table, so log lines that only report progress are left out.
fn log_settings(context: &CommandContext<'_>) -> LogSettings {
    let configured = context.settings.log.clone();
    let is_default = configured.filter == "info";
    if is_default && context.terminal.width.is_some() {
        LogSettings { filter: "warn".to_owned(), ..configured }
    } else {
        configured
    }
}

/// Makes the pass on a copy of the ledger, up to the sealed mails.
async fn rehearse(
    ledger: &Arc<dyn Store>,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let folder = RehearsalFolder::create()?;
    let planned = async {
        let copy = wiring::copy_for_rehearsal(ledger.as_ref(), folder.path()).await?;
        let service = reminder_service(context, &copy)?;
        let planned = service.rehearse(context.now()).await?;
        copy.close().await;
        Ok::<_, Failure>(planned)
    };
    let (recalculated, messages) = tokio::select! {
        planned = planned => planned?,
        // the folder goes before the process does
        () = interrupted() => return Ok(Exit::Unexpected),
    };
    drop(folder);
    say_recalculated(context, &recalculated)?;
    print_messages(context, &messages)?;
    context.say(&words!(
        context.lang,
        zh = "将发送{n}封邮件；未作任何改动",
        en = "{n} mails would be sent; nothing was changed",
        n = messages.len(),
    ))?;
    Ok(Exit::Done)
}

/// Waits until somebody ends this command.
async fn interrupted() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => std::future::pending().await,
    }
}

/// Runs the daemon until it is told to stop.
pub(super) async fn serve(context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    refuse_assumed_time(context)?;
    logging::start(&context.settings.log)?;
    let ledger = context.ledger().await?;
    let _lock = LedgerLock::take(&context.settings.database)?;
    ledger.check_pages_at_start(context.now()).await?;
    let services = Services {
        settings: context.settings.clone(),
        ledger,
        guard: Arc::clone(&context.guard),
        actor: context.actor.clone(),
    };
    let (service, renewal) = Renewal::start(services, context.sources.clone()).await?;
    let schedule = CronSchedule {
        pass: context.settings.schedule.pass.clone(),
        heartbeat: context.settings.schedule.heartbeat.clone(),
        retention: context.settings.retention.schedule.clone(),
    };
    daemon::run(Arc::new(OfficeJobs::new(service, renewal)), &schedule).await?;
    Ok(Exit::Done)
}

/// The service that makes passes on this ledger.
pub(super) fn reminder_service(
    context: &CommandContext<'_>,
    ledger: &Arc<dyn Store>,
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
    messages: &[WrittenMail],
) -> Result<(), Failure> {
    let views: Vec<WrittenMailView> = messages.iter().map(WrittenMailView::of).collect();
    context.list(&views, "")
}

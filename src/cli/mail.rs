//! `mail`: mail waiting, held, undeliverable or sent, what a person may do about it, and mail that came in.
//!
//! Must not know: how mail is delivered.

use std::io::Write as _;

use clap::{Args, Subcommand, ValueEnum};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::{bounce, values};
use crate::domain::delivery::{MessageCommand, MessageKey, MessageState};
use crate::views::messages::AttemptView;
use crate::views::messages::MessageDetailView;
use crate::views::messages::MessageView;
use crate::words;
use crate::workflows::steer_outbox::{SteerError, Target, steer_outbox};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List mails; default: those that are not sent or cancelled yet
    List {
        /// Only mails in this state
        #[arg(long, value_enum)]
        state: Option<Shown>,
    },
    /// Show one mail with every attempt to send it
    Show {
        /// Number of the mail
        #[arg(value_name = "KEY", value_parser = values::number)]
        key: i64,
    },
    /// Print one mail as the relay gets it
    Eml {
        /// Number of the mail
        #[arg(value_name = "KEY", value_parser = values::number)]
        key: i64,
    },
    /// Hold mails: they are sent only after they are released
    Hold(Which),
    /// Release mails that are held, also those held by the surge limit
    Release(Which),
    /// Send waiting mails now, and undeliverable ones again, also to a mailbox that did not exist
    Retry(Which),
    /// Cancel waiting mails for good; later reminders are still sent
    Cancel(Which),
    Bounce(bounce::Arguments),
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// Numbers of the mails; all of them are changed, or none
    #[arg(value_name = "KEY", value_parser = values::number, required_unless_present = "all", conflicts_with = "all")]
    keys: Vec<i64>,
    /// All mails for which it is possible; needs --count
    #[arg(long, requires = "count")]
    all: bool,
    /// How many mails you expect that to be
    #[arg(long, value_name = "N", value_parser = values::count, requires = "all")]
    count: Option<usize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Shown {
    /// Every mail there ever was
    All,
    /// Waiting for the first attempt
    Ready,
    /// Being sent
    Leased,
    /// To be sent again later
    Deferred,
    /// May have arrived; sent again
    Unknown,
    /// Held until a person decides
    Held,
    /// Accepted by the relay
    Accepted,
    /// Undeliverable
    Dead,
    /// Too old to be sent
    Expired,
    /// Cancelled
    Cancelled,
}

/// Looks into the outbox or steers it.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match command {
        Command::List { state } => list(state, context).await,
        Command::Show { key } => show(MessageKey(key), context).await,
        Command::Eml { key } => eml(MessageKey(key), context).await,
        Command::Hold(which) => steer(which, MessageCommand::Hold, context).await,
        Command::Release(which) => steer(which, MessageCommand::Release, context).await,
        Command::Retry(which) => steer(which, MessageCommand::Retry, context).await,
        Command::Bounce(arguments) => bounce::run(arguments, context).await,
        Command::Cancel(which) => steer(which, MessageCommand::Cancel, context).await,
    }
}

async fn list(state: Option<Shown>, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    let messages = ledger.messages(&states(state)).await?;
    let views: Vec<MessageView> = messages.iter().map(MessageView::of).collect();
    let empty = context.lang.pick("没有符合条件的邮件", "no mail matches");
    context.list(&views, empty)?;
    Ok(Exit::Done)
}

async fn show(key: MessageKey, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    let message = ledger.message(key).await?.ok_or(SteerError::UnknownMessage(key))?;
    let attempts = ledger.attempts(key).await?;
    let detail = MessageDetailView {
        message: MessageView::of(&message),
        attempts: attempts.iter().map(AttemptView::of).collect(),
    };
    match context.format {
        Format::Json => context.json(&detail)?,
        Format::Csv => context.list(&detail.attempts, "")?,
        Format::Table => {
            context.facts(&detail.message.facts(context.lang))?;
            if !detail.attempts.is_empty() {
                context.print("\n")?;
                context.table(&detail.attempts)?;
            }
        }
    }
    Ok(Exit::Done)
}

async fn eml(key: MessageKey, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    let raw = ledger.message_bytes(key).await?.ok_or(SteerError::UnknownMessage(key))?;
    if context.terminal.width.is_some() {
        context.terminal.out.write_all(&raw)?;
    } else {
        context.terminal.out.write_exactly(&raw)?;
    }
    Ok(Exit::Done)
}

async fn steer(
    which: Which,
    command: MessageCommand,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let target = match which.count {
        Some(counted) if which.all => Target::All { counted },
        _ => Target::Keys(which.keys.into_iter().map(MessageKey).collect()),
    };
    let workflow = context.for_workflow(&ledger);
    let steered = steer_outbox(
        ledger.as_ref(),
        &target,
        command,
        workflow.actor,
        workflow.now,
        &workflow.law.calendar,
    )
    .await?;
    let noun = if steered == 1 { "mail" } else { "mails" };
    context.say(&words!(
        context.lang,
        zh = "{done}{steered}封邮件",
        en = "{done}: {steered} {noun}",
        done = match command {
            MessageCommand::Hold => context.lang.pick("已暂停", "held"),
            MessageCommand::Release => context.lang.pick("已放行", "released"),
            MessageCommand::Retry => context.lang.pick("将重发", "to be sent again"),
            MessageCommand::Cancel => context.lang.pick("已取消", "cancelled"),
        }
    ))?;
    Ok(Exit::Done)
}

fn states(shown: Option<Shown>) -> Vec<MessageState> {
    match shown {
        None => MessageState::ALL
            .into_iter()
            .filter(|state| !matches!(state, MessageState::Accepted | MessageState::Cancelled))
            .collect(),
        Some(Shown::All) => Vec::new(),
        Some(Shown::Ready) => vec![MessageState::Ready],
        Some(Shown::Leased) => vec![MessageState::Leased],
        Some(Shown::Deferred) => vec![MessageState::Deferred],
        Some(Shown::Unknown) => vec![MessageState::Unknown],
        Some(Shown::Held) => vec![MessageState::Held],
        Some(Shown::Accepted) => vec![MessageState::Accepted],
        Some(Shown::Dead) => vec![MessageState::Dead],
        Some(Shown::Expired) => vec![MessageState::Expired],
        Some(Shown::Cancelled) => vec![MessageState::Cancelled],
    }
}

//! `mail`: mail waiting, held, undeliverable or sent, what a person may do about it, and mail that came in.
//!
//! Must not know: how mail is delivered.

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::{bounce, view};
use crate::domain::delivery::{
    FailureClass, HeldReason, MessageCommand, MessageKey, MessageState, Stage,
};
use crate::storage::messages::{AttemptRecord, Ending, Messages as _, QueuedMessage};
use crate::words;
use crate::words::Lang;
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
        #[arg(value_name = "KEY")]
        key: i64,
    },
    /// Print one mail as the relay gets it
    Eml {
        /// Number of the mail
        #[arg(value_name = "KEY")]
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
    #[arg(value_name = "KEY", required_unless_present = "all", conflicts_with = "all")]
    keys: Vec<i64>,
    /// All mails for which it is possible; needs --count
    #[arg(long, requires = "count")]
    all: bool,
    /// How many mails you expect that to be
    #[arg(long, value_name = "N", requires = "all")]
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

/// A message as JSON shows it.
#[derive(Serialize)]
struct MessageView {
    id: i64,
    message_id: String,
    recipient: String,
    subject: String,
    day: String,
    state: &'static str,
    held_reason: Option<&'static str>,
    sealed_at: String,
    next_attempt_at: Option<String>,
    expires_at: String,
    accepted_at: Option<String>,
    attempts: u32,
    unknowns: u32,
    stage: Option<&'static str>,
    class: Option<&'static str>,
    code: Option<u16>,
    reply: Option<String>,
}

/// An attempt as JSON shows it.
#[derive(Serialize)]
struct AttemptView {
    attempt: u32,
    claimed_at: String,
    dot_at: Option<String>,
    ended_at: Option<String>,
    stage: Option<&'static str>,
    class: Option<&'static str>,
    code: Option<u16>,
    reply: Option<String>,
}

/// A message with its attempts.
#[derive(Serialize)]
struct DetailView {
    #[serde(flatten)]
    message: MessageView,
    tries: Vec<AttemptView>,
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
    let ledger = context.ledger().await?;
    let messages = ledger.messages(&states(state)).await?;
    let views: Vec<MessageView> = messages.iter().map(message_view).collect();
    match context.format {
        Format::Json => context.json(&views)?,
        Format::Csv => context.csv(&COLUMNS, views.iter().map(cells))?,
        Format::Table => {
            let headers = ["序号", "状态", "收件人", "主题", "次数", "下次", "最近结果"];
            let mut table = context.table(&headers).right(&[0, 4]);
            for message in &messages {
                table.row(row(message));
            }
            context.print(&table.text())?;
        }
    }
    Ok(Exit::Done)
}

async fn show(key: MessageKey, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let message = ledger.message(key).await?.ok_or(SteerError::UnknownMessage(key))?;
    let attempts = ledger.attempts(key).await?;
    let detail = DetailView {
        message: message_view(&message),
        tries: attempts.iter().map(attempt_view).collect(),
    };
    if context.format == Format::Json {
        context.json(&detail)?;
        return Ok(Exit::Done);
    }
    let mut facts = context.table(&["项目", "内容"]);
    for (name, value) in COLUMNS.iter().zip(cells(&detail.message)) {
        facts.row([(*name).to_owned(), value]);
    }
    let headers = ["次", "领取", "发送末点", "结束", "阶段", "类别", "答复"];
    let mut tries = context.table(&headers).right(&[0]);
    for attempt in &detail.tries {
        tries.row(attempt_cells(attempt));
    }
    context.print(&format!("{}\n{}", facts.text(), tries.text()))?;
    Ok(Exit::Done)
}

async fn eml(key: MessageKey, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let raw = ledger.message_bytes(key).await?.ok_or(SteerError::UnknownMessage(key))?;
    context.terminal.out.write_all(&raw)?;
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
        &ledger,
        &target,
        command,
        workflow.actor,
        (workflow.now, &workflow.law.calendar),
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

fn message_view(message: &QueuedMessage) -> MessageView {
    let QueuedMessage { last, state, .. } = message;
    MessageView {
        id: message.key.0,
        message_id: message.message_id.clone(),
        recipient: message.recipient.to_string(),
        subject: message.subject.clone(),
        day: message.day.to_string(),
        state: state.word(),
        held_reason: message.held.map(HeldReason::word),
        sealed_at: view::moment(message.sealed.seconds()),
        next_attempt_at: state.is_waiting().then(|| view::moment(message.next_attempt.seconds())),
        expires_at: view::moment(message.expires.seconds()),
        accepted_at: message.accepted.map(|moment| view::moment(moment.seconds())),
        attempts: message.attempts,
        unknowns: message.unknowns,
        stage: last.stage.map(Stage::word),
        class: last.class.map(FailureClass::word),
        code: last.code,
        reply: last.reply.clone(),
    }
}

fn attempt_view(attempt: &AttemptRecord) -> AttemptView {
    AttemptView {
        attempt: attempt.number,
        claimed_at: view::moment(attempt.claimed.seconds()),
        dot_at: attempt.dot.map(|moment| view::moment(moment.seconds())),
        ended_at: attempt.ended.map(|moment| view::moment(moment.seconds())),
        stage: attempt.ending.stage.map(Stage::word),
        class: attempt.ending.class.map(FailureClass::word),
        code: attempt.ending.code,
        reply: attempt.ending.reply.clone(),
    }
}

const COLUMNS: [&str; 17] = [
    "id",
    "message_id",
    "recipient",
    "subject",
    "day",
    "state",
    "held_reason",
    "sealed_at",
    "next_attempt_at",
    "expires_at",
    "accepted_at",
    "attempts",
    "unknowns",
    "stage",
    "class",
    "code",
    "reply",
];

fn cells(message: &MessageView) -> Vec<String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    vec![
        message.id.to_string(),
        message.message_id.clone(),
        message.recipient.clone(),
        message.subject.clone(),
        message.day.clone(),
        message.state.to_owned(),
        text(message.held_reason),
        message.sealed_at.clone(),
        text(message.next_attempt_at.as_deref()),
        message.expires_at.clone(),
        text(message.accepted_at.as_deref()),
        message.attempts.to_string(),
        message.unknowns.to_string(),
        text(message.stage),
        text(message.class),
        message.code.map(|code| code.to_string()).unwrap_or_default(),
        text(message.reply.as_deref()),
    ]
}

fn row(message: &QueuedMessage) -> Vec<String> {
    let next = message.state.is_waiting();
    vec![
        message.key.0.to_string(),
        message.state.say(Lang::Zh).to_owned(),
        message.recipient.to_string(),
        message.subject.clone(),
        message.attempts.to_string(),
        if next { view::moment(message.next_attempt.seconds()) } else { String::new() },
        ending(message.held, &message.last),
    ]
}

fn attempt_cells(attempt: &AttemptView) -> Vec<String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let code = attempt.code.map(|code| format!("{code} ")).unwrap_or_default();
    vec![
        attempt.attempt.to_string(),
        attempt.claimed_at.clone(),
        text(attempt.dot_at.as_deref()),
        text(attempt.ended_at.as_deref()),
        text(attempt.stage),
        text(attempt.class),
        code + attempt.reply.as_deref().unwrap_or_default(),
    ]
}

/// In a few words what stands in a message's way, or what the relay last said.
fn ending(held: Option<HeldReason>, last: &Ending) -> String {
    let parts = [
        held.map(|reason| reason.word().to_owned()),
        last.class.map(|class| class.word().to_owned()),
        last.code.map(|code| code.to_string()),
        last.reply.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

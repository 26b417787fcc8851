//! `mail bounce`: reads mails that came in, from a relay's pipe or a Maildir.
//!
//! Must not know: MIME, what a mail means.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::message;
use crate::intake::incoming::{LARGEST_MAIL, MailFault, read_incoming};
use crate::storage::incoming::Effect;
use crate::workflows::take_incoming::{Taken, take_incoming};

/// Read mail that came back: delivery reports (退信) and answers
///
/// A mailbox that does not exist gets no more mail, and the next role is reminded. An answer to a reminder creates a
/// pending acknowledgement, which `duban ack` confirms. Automatic answers are skipped. A mail read twice counts once.
/// Nothing is ever sent in reply.
///
/// Reads one mail from standard input, as a relay's pipe hands it over, or with --maildir every new mail of a folder. Exit
/// code 20: something needs a person, see `duban items`. 14: the input is not a mail.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Read the new mails of this Maildir and mark them as seen
    #[arg(long, value_name = "FOLDER")]
    maildir: Option<PathBuf>,
    /// Use the exit codes a mail system expects: 0 when the mail was processed, 75 when it must be handed in again
    #[arg(long, conflicts_with = "maildir")]
    pub(super) pipe: bool,
}

/// A mail as JSON and CSV show it.
#[derive(Serialize)]
struct TakenView {
    file: String,
    kind: &'static str,
    known: bool,
    message: Option<i64>,
    recipient: Option<String>,
    detail: String,
    proposed: Vec<String>,
}

const COLUMNS: [&str; 7] = ["file", "kind", "known", "message", "recipient", "detail", "proposed"];

/// Takes in one mail, or all new ones of a folder.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let mut taken = Vec::new();
    let mut worst = Exit::Done;
    if let Some(folder) = &arguments.maildir {
        for file in unread_mails(folder)? {
            let bytes = fs::File::open(&file)
                .and_then(beginning)
                .map_err(|source| Failure::File { path: file.clone(), source })?;
            let name = file.display().to_string();
            worst = worst.max(take(&name, &bytes, &mut taken, context).await?);
            mark_as_seen(folder, &file)?;
        }
    } else {
        let bytes = beginning(io::stdin().lock())?;
        worst = take("-", &bytes, &mut taken, context).await?;
    }
    print(context, &taken)?;
    Ok(if arguments.pipe { Exit::Done } else { worst })
}

/// Takes one mail in; bytes that are none are said and done with.
async fn take(
    file: &str,
    bytes: &[u8],
    taken: &mut Vec<TakenView>,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let incoming = match read_incoming(bytes) {
        Ok(incoming) => incoming,
        Err(fault) => return refuse(file, fault, context),
    };
    let ledger = context.ledger().await?;
    let done = take_incoming(context.for_workflow(&ledger), &incoming, bytes).await?;
    let exit = if done.needs_a_person() { Exit::NeedsPerson } else { Exit::Done };
    taken.push(view(file, done));
    Ok(exit)
}

fn refuse(file: &str, fault: MailFault, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let place = if file == "-" { "standard input" } else { file };
    context.say(&message::no_mail(place, fault))?;
    Ok(Exit::Rejected)
}

/// As much of a mail as is read. The rest is passed over, so that whoever writes it does not fail.
fn beginning(mut source: impl Read) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(LARGEST_MAIL).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    source.by_ref().take(limit).read_to_end(&mut bytes)?;
    io::copy(&mut source, &mut io::sink())?;
    Ok(bytes)
}

/// Returns the files in `new`, by name, which is the order of their arrival.
fn unread_mails(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let new = folder.join("new");
    let failed = |source| Failure::File { path: new.clone(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(&new).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Moves a file from `new` to `cur` with the flag `S`, as readers of a Maildir do.
fn mark_as_seen(folder: &Path, file: &Path) -> Result<(), Failure> {
    let cur = folder.join("cur");
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let moved =
        fs::create_dir_all(&cur).and_then(|()| fs::rename(file, cur.join(format!("{name}:2,S"))));
    moved.map_err(|source| Failure::File { path: file.to_owned(), source })
}

fn view(file: &str, taken: Taken) -> TakenView {
    let receipt = taken.receipt;
    let proposed = match &receipt.effect {
        Effect::Answered { proposed } => {
            proposed.iter().map(|share| format!("{} {}", share.reference, share.unit)).collect()
        }
        Effect::Bounced { .. }
        | Effect::Delayed
        | Effect::Delivered
        | Effect::Returned
        | Effect::Automatic
        | Effect::Stray => Vec::new(),
    };
    TakenView {
        file: file.to_owned(),
        kind: receipt.effect.word(),
        known: taken.known,
        message: receipt.message.map(|message| message.0),
        recipient: taken.recipient.filter(|_| receipt.message.is_some()),
        detail: receipt.detail,
        proposed,
    }
}

fn print(context: &mut CommandContext<'_>, taken: &[TakenView]) -> Result<(), Failure> {
    match context.format {
        Format::Json => context.json(&taken),
        Format::Csv => context.csv(&COLUMNS, taken.iter().map(cells)),
        Format::Table if taken.is_empty() => Ok(()),
        Format::Table => {
            let mut table = context.table(&["来源", "类别", "邮件", "内容", "待确认签收"]);
            for view in taken {
                table.row(row(view));
            }
            context.print(&table.text())
        }
    }
}

fn cells(view: &TakenView) -> Vec<String> {
    vec![
        view.file.clone(),
        view.kind.to_owned(),
        view.known.to_string(),
        view.message.map(|message| message.to_string()).unwrap_or_default(),
        view.recipient.clone().unwrap_or_default(),
        view.detail.clone(),
        view.proposed.join("、"),
    ]
}

fn row(view: &TakenView) -> Vec<String> {
    let kind = match (view.known, view.kind) {
        (true, _) => "已收过",
        (false, "bounce") => "退信",
        (false, "delay") => "延迟",
        (false, "delivery") => "送达",
        (false, "returned") => "退回，请人工查看",
        (false, "automatic") => "自动回复",
        (false, "answer") => "答复",
        (false, _) => "无关",
    };
    vec![
        view.file.clone(),
        kind.to_owned(),
        view.message.map(|message| message.to_string()).unwrap_or_default(),
        view.detail.clone(),
        view.proposed.join("、"),
    ]
}

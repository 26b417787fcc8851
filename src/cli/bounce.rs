//! `mail bounce`: reads mails that came in, from a relay's pipe or a Maildir.
//!
//! Must not know: MIME, what a mail means.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::intake::incoming::{LARGEST_MAIL, MailFault, read_incoming};
use crate::views::incoming::IncomingView;
use crate::words;
use crate::words::Say as _;
use crate::workflows::take_incoming::take_incoming;

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
    let empty = context.lang.pick("没有新邮件", "There is no new mail");
    context.list(&taken, if arguments.maildir.is_some() { empty } else { "" })?;
    Ok(if arguments.pipe { Exit::Done } else { worst })
}

/// Takes one mail in; bytes that are none are said and done with.
async fn take(
    file: &str,
    bytes: &[u8],
    taken: &mut Vec<IncomingView>,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let incoming = match read_incoming(bytes) {
        Ok(incoming) => incoming,
        Err(fault) => return refuse(file, fault, context),
    };
    let ledger = context.ledger().await?;
    let done = take_incoming(context.for_workflow(&ledger), &incoming, bytes).await?;
    let exit = if done.needs_a_person() { Exit::NeedsPerson } else { Exit::Done };
    taken.push(IncomingView::of(file, done));
    Ok(exit)
}

fn refuse(file: &str, fault: MailFault, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let place =
        if file == "-" { context.lang.pick("标准输入", "standard input") } else { file };
    context.say(&words!(
        context.lang,
        zh = "{place}不是邮件，已略过：{fault}",
        en = "{place} is not a mail and was skipped: {fault}",
        fault = fault.say(context.lang)
    ))?;
    Ok(Exit::Rejected)
}

/// How much of a mail is interpreted. The rest is read and dropped, so that the writing program does not fail.
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

//! What people are told when something goes wrong: sentence, hint, exit code.
//!
//! Must not know: which command ran. All wording of faults is made in this folder.

mod config;
mod due;
pub(super) mod life;
mod refused;
mod rows;

use std::io::{self, Write};

use super::exit_code::Exit;
use super::failure::Failure;
use crate::daemon::LockError;
use crate::domain::counting::CountingFault;
use crate::domain::delivery::MessageState;
use crate::intake::count_batch::BatchFault;
use crate::intake::document::DocumentFault;
use crate::intake::incoming::MailFault;
use crate::storage::journal::ChainFault;
use crate::storage::{StorageError, Trouble};
use crate::wiring::WiringFault;
use crate::words::{Lang, Say as _};
use crate::workflows::steer_outbox::SteerError;

/// What is said about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// One line for each fault.
    pub lines: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// How the process ends.
    pub exit: Exit,
}

impl Message {
    fn new(exit: Exit, line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], hint: None, exit }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Prints what is said about a failure; returns how the process ends.
pub(super) fn report(failure: &Failure, lang: Lang, out: &mut dyn Write) -> Exit {
    let message = describe(failure);
    let faults = message.lines.iter().map(|line| (lang.pick("错误：", "error: "), line));
    for (word, line) in
        faults.chain(message.hint.iter().map(|hint| (lang.pick("提示：", "hint: "), hint)))
    {
        // Nobody is left to tell when even this fails.
        drop(writeln!(out, "{word}{line}"));
    }
    message.exit
}

/// Prints a fault of the command line, or the help asked for.
pub(super) fn usage(error: &clap::Error) -> Exit {
    // As above: nobody is left to tell.
    drop(error.print());
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

/// Says what is wrong with one row of a table; the rest goes on.
pub(super) fn batch_row(file: &str, fault: &BatchFault, out: &mut dyn Write) -> io::Result<()> {
    due::row(file, fault, out)
}

/// Says that some bytes are no mail.
pub(super) fn no_mail(place: &str, fault: MailFault) -> String {
    format!("{place} is no mail: {fault}; it was passed over")
}

/// Words a failure.
pub(super) fn describe(failure: &Failure) -> Message {
    match failure {
        Failure::Config(faults) => config::describe(faults),
        Failure::Storage(error) => storage(error),
        Failure::Refused(refused) => refused::describe(refused),
        Failure::Taken { reference } => Message::new(
            Exit::Rejected,
            format!("{reference} is in the ledger with other words, dates or units, which `add` never changes"),
        )
        .hint(format!("`duban show {reference}` shows it; a table changes it, another --ref makes a duty beside it")),
        Failure::Backwards { from, to } => {
            Message::new(Exit::Rejected, format!("--to {to} is before --from {from}"))
                .hint("--from takes the first day, --to the last; without --from it is today")
        }
        Failure::Counting(fault) => counting(fault),
        Failure::Calendar(refusal) => due::calendar(refusal),
        Failure::Due(fault) => due::describe(fault),
        Failure::Rows(faults) => rows::rows(faults),
        Failure::Units(faults) => rows::units(faults),
        Failure::Obligations { unread, refused, places } => {
            rows::obligations(unread, refused, places)
        }
        Failure::Wiring(fault) => wiring(fault),
        Failure::Chain(fault) => chain(fault),
        Failure::Steer(error) => steer(error),
        Failure::File { path, source } => Message::new(
            Exit::Rejected,
            format!("cannot read {}: {}", path.display(), io(source.kind())),
        ),
        Failure::Document { path, fault } => document(path, fault),
        Failure::FolderNotEmpty { path } => {
            Message::new(Exit::Rejected, format!("{} is not empty", path.display()))
                .hint("name a new folder, or leave --into out")
        }
        Failure::Lock(error) => lock(error),
        Failure::NotOpenItems(items) => {
            let lines =
                items.iter().map(|item| format!("nothing called {item} waits for a person"));
            Message { lines: lines.collect(), hint: None, exit: Exit::Rejected }
                .hint("`duban status` names what does")
        }
        Failure::AssumedClock => Message::new(
            Exit::Usage,
            "--clock is about the clock of this machine, not an assumed moment",
        )
        .hint("leave --as-of out"),
        Failure::Schedule(error) => Message::new(Exit::Configuration, causes(error))
            .hint("mend schedule.pass and schedule.heartbeat, then run `duban check-config`"),
        Failure::Compose(fault) => Message::new(Exit::Configuration, causes(fault)).hint(
            "mend the template in data.templates, or leave the key empty for the built-in ones",
        ),
        Failure::Logging(error) => Message::new(Exit::Configuration, causes(error))
            .hint("write log.filter as info, or as info,duban::mail=debug"),
        Failure::Output(error) => {
            Message::new(Exit::Unexpected, format!("cannot write output: {error}"))
        }
    }
}

fn document(path: &std::path::Path, fault: &DocumentFault) -> Message {
    let message = Message::new(Exit::Rejected, format!("{}: {fault}", path.display()));
    match fault {
        DocumentFault::TooLarge { .. } | DocumentFault::TooManyCells { .. } => {
            message.hint("split the document, or save its text alone")
        }
        DocumentFault::ExpandsTooFar { .. } => message
            .hint("do not trust this file: open it in an office program and save its text alone"),
        DocumentFault::Empty => message.hint(
            "a scanned document holds pictures only: run text recognition first and save the text",
        ),
        DocumentFault::NotText { .. } => {
            message.hint("save it as UTF-8 or GBK text, as docx or as xlsx")
        }
        DocumentFault::Encrypted => message.hint("remove the password and save it again"),
        DocumentFault::OtherKind { instead, .. } => message.hint(format!("save it as {instead}")),
        DocumentFault::Damaged { .. } | DocumentFault::UnclosedQuote { .. } => {
            message.hint("open it in an office program and save it again")
        }
    }
}

fn storage(error: &StorageError) -> Message {
    let message = Message::new(Exit::Database, error.say(Lang::En));
    match error {
        StorageError::File { path, .. } => message.hint(format!(
            "make {} writable for this user, or set database.path (DUBAN__DATABASE__PATH)",
            path.parent().unwrap_or(path).display()
        )),
        StorageError::Schema(_) => {
            message.hint("run the version that created it, or name another file in database.path to begin a new ledger")
        }
        StorageError::Corrupt { .. } => {
            message.hint("stop the service, keep a copy of the file, and run `duban journal --verify`")
        }
        StorageError::Unavailable(_) | StorageError::Damaged { .. } => {
            message.hint(unavailable(error.trouble()))
        }
        StorageError::Unreadable { .. } => {
            message.hint("nothing was written; this is a fault of duban: report it with the row that gave it")
        }
        StorageError::WrongRowCount { .. } => {
            message.hint("another command may have changed the ledger at the same time; run it again")
        }
    }
}

fn unavailable(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Busy => "another process holds the ledger; try again when it has let go",
        Trouble::Full => {
            "the disk is full: make room; nothing is lost, and nothing is sent until then"
        }
        Trouble::Disk => {
            "the disk refuses: look at its room, its limits and its health; nothing is sent until then"
        }
        Trouble::ReadOnly => {
            "make the ledger, its folder and the files beside it writable for this user"
        }
        Trouble::Damaged => {
            "nothing was sent; keep a copy of the damaged file, put the last backup in its place and `duban adopt` it"
        }
        Trouble::Other => {
            "check that database.path names a ledger of duban and that this user may read and write it"
        }
    }
}

fn steer(error: &SteerError) -> Message {
    let message = Message::new(Exit::Rejected, error.to_string());
    match error {
        SteerError::Storage(error) => storage(error),
        SteerError::UnknownMessage(_) => {
            message.hint("`duban outbox list --state all` lists every message with its key")
        }
        SteerError::WrongState { state, .. } => message.hint(match state {
            MessageState::Leased => "it is being sent at this moment; look again in a minute",
            MessageState::Held => "use `duban outbox release` or `duban outbox cancel`",
            MessageState::Accepted => "the relay has taken it, so it cannot be called back",
            MessageState::Ready
            | MessageState::Deferred
            | MessageState::Unknown
            | MessageState::Dead
            | MessageState::Expired
            | MessageState::Cancelled => "`duban outbox show KEY` says what became of it",
        }),
        SteerError::Miscounted { actual, .. } => message.hint(format!(
            "look at them with `duban outbox list`, then say --all --count {actual}"
        )),
    }
}

fn counting(fault: &CountingFault) -> Message {
    Message::new(Exit::Calendar, fault.to_string()).hint(
        "`duban calendar` shows which days are covered; `duban import calendar FILE` adds a notice",
    )
}

fn chain(fault: &ChainFault) -> Message {
    Message::new(Exit::Database, fault.say(Lang::En))
        .hint("keep a copy of the ledger as evidence and compare it with the last backup")
}

fn lock(error: &LockError) -> Message {
    let message = Message::new(Exit::Database, error.to_string());
    match error {
        LockError::Held { .. } => message.hint(
            "one daemon to a ledger: see `systemctl status duban`; `duban remind` makes a pass beside it",
        ),
        LockError::File { .. } => message.hint("make the ledger's folder writable for this user"),
    }
}

fn wiring(fault: &WiringFault) -> Message {
    let hint = match fault {
        WiringFault::Password(_) => {
            "commands that reach the relay read its password, as duban's account: sudo -u duban duban …"
        }
        WiringFault::Files(_)
        | WiringFault::Calendar(_)
        | WiringFault::Trust(_)
        | WiringFault::Templates(_) => {
            "the folder [data] of the configuration names the files that are added to what is built in"
        }
    };
    let lines = fault.lines(Lang::En);
    Message { lines, hint: Some(hint.to_owned()), exit: Exit::Configuration }
}

/// An error and its causes in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !line.ends_with(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = inner.source();
    }
    line
}

/// What the system said, in plain words.
fn io(kind: io::ErrorKind) -> String {
    const KNOWN: [(io::ErrorKind, &str); 3] = [
        (io::ErrorKind::NotFound, "there is no such file"),
        (io::ErrorKind::PermissionDenied, "this user may not read it"),
        (io::ErrorKind::IsADirectory, "it is a folder"),
    ];
    let known = KNOWN.iter().find(|(known, _)| *known == kind);
    known.map_or_else(|| kind.to_string(), |(_, words)| (*words).to_owned())
}

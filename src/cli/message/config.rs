//! Words the faults of a configuration.
//!
//! Must not know: which command ran.

use super::{Message, io};
use crate::cli::exit_code::Exit;
use crate::config::{ConfigFault, FaultKind, Place};

/// Words every fault, one line each.
pub(super) fn describe(faults: &[ConfigFault]) -> Message {
    Message {
        lines: faults.iter().map(line).collect(),
        hint: Some("config/duban.toml in the source is the manual of every key; `duban check-config` checks again".into()),
        exit: Exit::Configuration,
    }
}

fn line(fault: &ConfigFault) -> String {
    let place = match &fault.place {
        Place::File { path, line: Some(line) } => format!("{}:{line}: ", path.display()),
        Place::File { path, line: None } => format!("{}: ", path.display()),
        Place::Environment { variable } => format!("${variable}: "),
        Place::Default => String::new(),
    };
    let key = if fault.key.is_empty() { String::new() } else { format!("{}: ", fault.key) };
    format!("{place}{key}{}", kind(&fault.kind))
}

fn kind(kind: &FaultKind) -> String {
    match kind {
        FaultKind::Unreadable { reason } => format!("cannot be read: {}", io(*reason)),
        FaultKind::NotUtf8 => "is not UTF-8; save it as UTF-8 (not GBK)".to_owned(),
        FaultKind::Syntax { message } => format!("is not TOML: {message}"),
        FaultKind::UnknownKey { similar: Some(similar) } => {
            format!("no such key; did you mean `{similar}`?")
        }
        FaultKind::UnknownKey { similar: None } => "no such key".to_owned(),
        FaultKind::WrongType { expected } => format!("must be {expected}"),
        FaultKind::NotOneOf { value, allowed } => {
            format!("`{value}` is not allowed; write one of {}", allowed.join(", "))
        }
        FaultKind::OutOfRange { value, least, greatest } => {
            format!("{value} is out of range; write {least} to {greatest}")
        }
        FaultKind::NotAnAddress { value, fault } => {
            format!("`{value}` is no mail address: it {fault}")
        }
        FaultKind::NotACronLine { value, reason } => format!(
            "`{value}` is no schedule ({}); write six fields: second minute hour day month weekday, \
             as in 0 */10 * * * *",
            reason.trim_end_matches('.')
        ),
        FaultKind::NotATime { value } => format!("`{value}` is no time of day; write as 08:30"),
        FaultKind::NotATarget { value } => format!(
            "`{value}` is no word with a target that ends on a day; write as 及时=10wd; 定期=每季度"
        ),
        FaultKind::WindowEndsBeforeItBegins => "must be later than schedule.mail_from".to_owned(),
        FaultKind::Needed { by } => format!("is empty, but {by} needs it"),
        FaultKind::SecretReadableByOthers { path } => {
            format!("{} holds a secret and others may read it; run chmod 600 on it", path.display())
        }
        FaultKind::NoPassword { path } => format!(
            "{} is empty, but mail.smtp.username needs a password: its first line",
            path.display()
        ),
        FaultKind::FileUnusable { path, reason } => format!("{}: {}", path.display(), io(*reason)),
    }
}

//! Words the faults of a configuration.
//!
//! Must not know: which command ran.

use super::Message;
use crate::cli::exit_code::Exit;
use crate::config::ConfigFault;
use crate::words::{Lang, Say as _};

/// Words every fault, one line each.
pub(super) fn describe(faults: &[ConfigFault]) -> Message {
    Message {
        lines: faults.iter().map(|fault| fault.say(Lang::En)).collect(),
        hint: Some("config/duban.toml in the source is the manual of every key; `duban check-config` checks again".into()),
        exit: Exit::Configuration,
    }
}

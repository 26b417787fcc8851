//! Words what completions have started.
//!
//! Must not know: what follows what.

use super::Message;
use crate::cli::exit_code::Exit;
use crate::workflows::follow_up::{Started, Stuck};

/// Words what completions have started.
pub(in crate::cli) fn started(started: &Started) -> Message {
    let Started { started, unchanged, stuck } = started;
    let mut lines = Vec::new();
    if !started.is_empty() {
        lines.push(format!("started: {}", started.join(", ")));
    }
    for reference in unchanged {
        lines.push(format!("{reference} began before, or was struck out, and is left as it is"));
    }
    for Stuck { completed, faults } in stuck {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        lines.push(format!("what follows {completed} cannot start: {}", faults.join("; ")));
    }
    let exit = if stuck.is_empty() { Exit::Done } else { Exit::NeedsPerson };
    let hint = (!stuck.is_empty()).then(|| "mend that; the next pass tries again".to_owned());
    Message { lines, hint, exit }
}

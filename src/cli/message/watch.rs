//! Says why all mail is held, and what a person does about it.
//!
//! Must not know: how a hold was found.

use crate::domain::moment::Moment;
use crate::domain::watch::{Displacement, Hold};

/// What holds all mail, in one line.
pub(in crate::cli) fn hold(hold: Hold) -> String {
    match hold {
        Hold::Displaced(displacement) => {
            format!("all mail is held: {}", displaced(displacement))
        }
        Hold::ClockAhead { expected, now } => format!(
            "all mail is held: the clock reads {}, and nothing later than {} was expected",
            shown(now),
            shown(expected)
        ),
    }
}

/// What to do about it.
pub(in crate::cli) fn way_out(hold: Hold) -> &'static str {
    match hold {
        Hold::Displaced(_) => {
            "if this is the one ledger to work with, and no other duban works on the original: `duban adopt`"
        }
        Hold::ClockAhead { .. } => {
            "set the clock right (`timedatectl`), or confirm that it is: `duban adopt --clock`"
        }
    }
}

fn displaced(displacement: Displacement) -> &'static str {
    match displacement {
        Displacement::NoMark => {
            "the ledger was copied or restored here: the mark of its home (.home beside it) is missing"
        }
        Displacement::UnreadableMark => {
            "the mark of the ledger's home (.home beside it) cannot be read"
        }
        Displacement::OtherLedger => {
            "the ledger was copied or restored here: the mark beside it (.home) belongs to another one"
        }
        Displacement::OtherMachine => "the ledger was at home on another machine",
        Displacement::CopiedMark => "the folder of the ledger was copied or restored here",
        Displacement::Older => {
            "an older state of the ledger was put in its place: what was sent since is not on record"
        }
    }
}

fn shown(moment: Moment) -> String {
    moment.local().strftime("%F %H:%M").to_string()
}

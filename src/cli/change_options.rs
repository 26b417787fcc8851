//! What every change of units and contacts takes: a reason, and a rehearsal.
//!
//! Must not know: what is changed.

use clap::Args;

#[derive(Debug, Args)]
pub(super) struct ChangeOptions {
    /// The reason, for the journal
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

//! The log: its destination and its filter.
//!
//! Must not know: what is logged. The log tells how the service is doing; what happened is in the ledger's journal.
//! Callers: `cli`.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::config::{LogFormat, LogSettings};
use crate::words::{Lang, Say};

/// Crates that log their own workings at `info`.
const QUIET: &str = "tokio_cron_scheduler=warn,sqlx=warn";

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum LoggingError {
    Filter {
        filter: String,
        source: tracing_subscriber::filter::ParseError,
    },
    /// A log was set up before.
    Taken(#[from] TryInitError),
}

impl Say for LoggingError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Filter { filter, source } => lang.pick(
                format!("log.filter“{filter}”无法识别"),
                format!("log.filter `{filter}` cannot be read: {source}"),
            ),
            Self::Taken(_) => lang.pick("日志无法启动", "the log cannot be set up").to_owned(),
        }
    }
}

/// Sends the log to the system journal, or to standard error when there is none or another format is set.
///
/// # Errors
///
/// [`LoggingError::Filter`] for a filter that cannot be read, [`LoggingError::Taken`] on a second call.
pub fn start(settings: &LogSettings) -> Result<(), LoggingError> {
    let filter = format!("{QUIET},{}", settings.filter)
        .parse::<Targets>()
        .map_err(|source| LoggingError::Filter { filter: settings.filter.clone(), source })?;
    let registry = tracing_subscriber::registry().with(filter);
    let stderr = || {
        tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
    };
    match settings.format {
        LogFormat::Json => registry.with(stderr().json()).try_init()?,
        LogFormat::Text => registry.with(stderr()).try_init()?,
        LogFormat::Auto => match system_journal() {
            Some(journal) => registry.with(journal).try_init()?,
            None => registry.with(stderr()).try_init()?,
        },
    }
    Ok(())
}

/// The system journal; `None` unless standard error leads there, which it does under systemd.
fn system_journal() -> Option<tracing_journald::Layer> {
    if std::io::stderr().is_terminal() || !crate::config::runs_under_systemd() {
        return None;
    }
    tracing_journald::layer().ok().map(|layer| layer.with_field_prefix(None))
}

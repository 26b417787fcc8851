//! What every command works with: settings, ledger, law, the moment, and where to print.
//!
//! Must not know: any single command.

use std::io::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::failure::Failure;
use super::format::Format;
use super::table::TextTable;
use super::terminal::Terminal;
use super::values::AsOf;
use crate::clock::{Clock, SystemClock};
use crate::config::{self, Settings, Sources};
use crate::domain::moment::Moment;
use crate::storage::Store;
use crate::storage::calendars::Calendars as _;
use crate::storage::instance::Instances as _;
use crate::storage::sqlite::Sqlite;
use crate::wiring;
use crate::words::Lang;
use crate::workflows::send_guard::SendGuard;
use crate::workflows::{Context, Law};

/// What the caller chose for this run, whatever the command.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunOptions {
    pub(super) as_of: Option<AsOf>,
    pub(super) format: Format,
    /// `--lang`; see [`config::language`].
    pub(super) lang: Option<Lang>,
}

/// Settings, law, clock and output of one run of a command.
pub(super) struct CommandContext<'a> {
    /// Checked settings.
    pub settings: Settings,
    /// What is in force.
    pub law: Law,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Whether mail may go out at all.
    pub guard: Arc<SendGuard>,
    /// How data is printed.
    pub format: Format,
    /// The language of everything said.
    pub lang: Lang,
    /// Where it is printed.
    pub terminal: &'a mut Terminal,
    ledger: Option<Sqlite>,
    /// Who gives the orders.
    pub(super) actor: String,
    now: Moment,
}

impl<'a> CommandContext<'a> {
    /// Reads the settings and the law. The ledger is opened when a command first asks for it.
    pub(super) fn open(
        sources: &Sources,
        options: RunOptions,
        terminal: &'a mut Terminal,
    ) -> Result<Self, Failure> {
        let RunOptions { as_of, format, lang } = options;
        let settings = sources.load()?;
        let lang = config::language(lang, &sources.environment, Some(&settings));
        terminal.lang = lang;
        let law = wiring::law(&settings, &[])?;
        let clock: Arc<dyn Clock> = match as_of {
            Some(AsOf(moment)) => Arc::new(SystemClock::starting_at(moment)),
            None => Arc::new(SystemClock::real()),
        };
        let now = as_of.map_or_else(|| clock.now(), |AsOf(moment)| moment);
        let actor = config::login_name(&sources.environment);
        let guard = wiring::send_guard(&settings, &clock);
        Ok(Self { settings, law, clock, guard, format, lang, terminal, ledger: None, actor, now })
    }

    /// The ledger, opened once; one that is new is at home from then on; notices imported into it are in force from then on.
    pub(super) async fn ledger(&mut self) -> Result<Sqlite, Failure> {
        if let Some(ledger) = &self.ledger {
            return Ok(ledger.clone());
        }
        let ledger = Sqlite::open(&self.settings.database).await?;
        ledger.register_instance(&self.actor, self.now).await?;
        self.ledger = Some(ledger.clone());
        let imported = ledger.notices_in_force().await?;
        if !imported.is_empty() {
            self.law = wiring::law(&self.settings, &imported)?;
        }
        Ok(ledger)
    }

    /// Puts notices in force that were imported into the ledger, for commands that need no ledger otherwise.
    pub(super) async fn take_in_imported_notices(&mut self) -> Result<(), Failure> {
        if self.settings.database.exists() {
            self.ledger().await?;
        }
        Ok(())
    }

    /// What a workflow works with, on this ledger.
    pub(super) fn for_workflow<'b>(&'b self, store: &'b dyn Store) -> Context<'b> {
        Context { store, law: &self.law, now: self.now, actor: &self.actor }
    }

    /// The moment at which this run began, or the one given with `--as-of`.
    pub(super) fn now(&self) -> Moment {
        self.now
    }

    /// Puts out what was printed so far, before something is said on the other side.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.terminal.out.flush()?)
    }

    /// Closes the ledger if it was opened.
    pub(super) async fn close(&self) {
        if let Some(ledger) = &self.ledger {
            if let Err(error) = ledger.update_mark().await {
                tracing::warn!(%error, "the mark of the ledger's home was not renewed");
            }
            ledger.close().await;
        }
    }

    /// Prints text as data.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.terminal.out.write_all(text.as_bytes())?)
    }

    /// Says something that is not data.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.terminal.err, "{text}")?)
    }

    /// An empty table as wide as the terminal.
    pub(super) fn table(&self, headers: &[&str]) -> TextTable {
        TextTable::new(headers, self.terminal.width)
    }

    /// Prints one JSON value, indented.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer_pretty(&mut self.terminal.out, value)
            .map_err(|error| Failure::Output(error.into()))?;
        Ok(writeln!(self.terminal.out)?)
    }

    /// Prints rows of text cells as CSV under a header.
    pub(super) fn csv(
        &mut self,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<(), Failure> {
        let mut writer = csv::Writer::from_writer(&mut self.terminal.out);
        let failed = |error: csv::Error| Failure::Output(error.into());
        writer.write_record(header).map_err(failed)?;
        for row in rows {
            writer.write_record(row).map_err(failed)?;
        }
        Ok(writer.flush()?)
    }
}

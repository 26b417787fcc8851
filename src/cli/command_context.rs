//! The context of a command: settings, ledger, law, the current moment, and where to print.
//!
//! Must not know: any single command.

use std::io::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::failure::Failure;
use super::format::Format;
use super::terminal::Terminal;
use super::values::AsOf;
use crate::clock::{Clock, SystemClock};
use crate::config::{self, Settings, Sources};
use crate::domain::moment::Moment;
use crate::storage::Store;
use crate::views::csv::write_csv;
use crate::views::{Row, facts_as_table, rows_as_csv, rows_as_table};
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
    /// Where the settings come from.
    pub sources: Sources,
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
    ledger: Option<Arc<dyn Store>>,
    /// The ledger was opened for questions alone.
    reads_only: bool,
    /// Who gives the orders.
    pub(super) actor: String,
    now: Moment,
    /// `--as-of` stands in for the clock.
    pub(super) is_time_assumed: bool,
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
        let guard = wiring::send_guard(&settings, &clock, &law);
        Ok(Self {
            sources: sources.clone(),
            settings,
            law,
            clock,
            guard,
            format,
            lang,
            terminal,
            ledger: None,
            reads_only: false,
            actor,
            now,
            is_time_assumed: as_of.is_some(),
        })
    }

    /// The ledger, opened once, for commands that change it. A new ledger gets its instance mark; notices imported into a
    /// ledger are in force from then on.
    pub(super) async fn ledger(&mut self) -> Result<Arc<dyn Store>, Failure> {
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !self.reads_only) {
            return Ok(Arc::clone(ledger));
        }
        let lang = self.lang;
        let tell = move || say_that_it_waits(lang);
        let ledger = wiring::open_ledger(&self.settings.database, tell).await?;
        ledger.register_instance(&self.actor, self.now).await?;
        self.reads_only = false;
        self.opened(ledger).await
    }

    /// The ledger for a query, which creates and writes nothing.
    pub(super) async fn ledger_to_read(&mut self) -> Result<Arc<dyn Store>, Failure> {
        if let Some(ledger) = &self.ledger {
            return Ok(Arc::clone(ledger));
        }
        let ledger = wiring::open_ledger_to_read(&self.settings.database).await?;
        self.reads_only = true;
        self.opened(ledger).await
    }

    async fn opened(&mut self, ledger: Arc<dyn Store>) -> Result<Arc<dyn Store>, Failure> {
        self.ledger = Some(Arc::clone(&ledger));
        let imported = ledger.notices_in_force().await?;
        if !imported.is_empty() {
            self.law = wiring::law(&self.settings, &imported)?;
        }
        Ok(ledger)
    }

    /// Puts notices in force that were imported into the ledger, for commands that need no ledger otherwise.
    pub(super) async fn take_in_imported_notices(&mut self) -> Result<(), Failure> {
        if self.settings.database.exists() {
            self.ledger_to_read().await?;
        }
        Ok(())
    }

    /// The context of a workflow on this ledger.
    pub(super) fn for_workflow<'b>(&'b self, store: &'b Arc<dyn Store>) -> Context<'b> {
        Context { store: store.as_ref(), law: &self.law, now: self.now, actor: &self.actor }
    }

    /// What a workflow works with, and where its answer is printed while it comes.
    pub(super) fn workflow_and_terminal<'b>(
        &'b mut self,
        store: &'b Arc<dyn Store>,
    ) -> (Context<'b>, &'b mut Terminal) {
        let workflow =
            Context { store: store.as_ref(), law: &self.law, now: self.now, actor: &self.actor };
        (workflow, self.terminal)
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
            if !self.reads_only
                && let Err(error) = ledger.update_mark().await
            {
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

    /// Prints a list in the format asked for. Where a table would have no row, `empty` is said, if it is not empty itself.
    pub(super) fn list<R: Row>(&mut self, rows: &[R], empty: &str) -> Result<(), Failure> {
        self.list_as(&rows, rows, empty)
    }

    /// As [`list`](Self::list), where the JSON has another shape than the rows.
    pub(super) fn list_as<R: Row>(
        &mut self,
        json: &impl Serialize,
        rows: &[R],
        empty: &str,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => self.json(json),
            Format::Csv => Ok(rows_as_csv(rows, &mut self.terminal.out)?),
            Format::Table if rows.is_empty() && empty.is_empty() => Ok(()),
            Format::Table if rows.is_empty() => self.say(empty),
            Format::Table => self.table(rows),
        }
    }

    /// Prints one row in the format asked for.
    pub(super) fn one<R: Row>(&mut self, row: &R) -> Result<(), Failure> {
        self.list_as(row, std::slice::from_ref(row), "")
    }

    /// Prints rows as a table as wide as the terminal.
    pub(super) fn table<R: Row>(&mut self, rows: &[R]) -> Result<(), Failure> {
        let text = rows_as_table(rows, self.lang, self.terminal.width);
        self.print(&text)
    }

    /// Prints facts about one thing as a table of two columns.
    pub(super) fn facts(&mut self, facts: &[(&str, String)]) -> Result<(), Failure> {
        let text = facts_as_table(facts, self.lang, self.terminal.width);
        self.print(&text)
    }

    /// Prints one JSON value, indented.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer_pretty(&mut self.terminal.out, value)
            .map_err(|error| Failure::Output(error.into()))?;
        Ok(writeln!(self.terminal.out)?)
    }

    /// Prints values as CSV under a header of `keys`, where they have no table.
    pub(super) fn csv(&mut self, keys: &[&str], rows: &[impl Serialize]) -> Result<(), Failure> {
        Ok(write_csv(&mut self.terminal.out, keys, rows)?)
    }
}

/// Said while the command waits, so past the terminal that the command itself uses.
fn say_that_it_waits(lang: Lang) {
    let said = lang.pick(
        "另一命令正在写入台账，请稍候（最多30秒）",
        "another command is writing the ledger; waiting for it (30 seconds at most)",
    );
    // nobody is left to tell when this fails
    drop(writeln!(std::io::stderr(), "{said}"));
}

//! The whole command line as one definition: parser, help, completions and man pages come from it.
//!
//! Must not know: what any command does.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::format::Format;
use super::values::{self, AsOf};
use super::{
    add, bulletin, calendar, clock, contacts, convert_inside, count, demo, due, extract, generate,
    health, import, items, journal, ledger, life, mail, plan, query, rules, series, service,
    status, template, undo, units,
};
use crate::words::Lang;

/// 督办: keeps an office's dated obligations, calculates when each is due on the official working calendar, and reminds
/// the responsible units by mail until they are done.
#[derive(Debug, Parser)]
#[command(name = "duban", version, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "Configuration file; default: $DUBAN_CONFIG, else /etc/duban/duban.toml, else built-in values"
    )]
    pub(super) config: Option<PathBuf>,
    /// Stand in for "now": a date (then 09:00), or a date and time in Asia/Shanghai, such as 2022-12-28T14:30
    #[arg(long, global = true, value_name = "DATE|DATETIME")]
    pub(super) as_of: Option<AsOf>,
    /// Print data as a table, JSON or CSV
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
    #[arg(
        long,
        global = true,
        value_name = "zh|en",
        value_parser = values::language,
        help = "Language of all messages; default: $DUBAN_LANG, else the locale, else office.language"
    )]
    pub(super) lang: Option<Lang>,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    #[command(flatten)]
    Query(query::Command),
    Add(add::Arguments),
    #[command(flatten)]
    Life(life::Command),
    Count(count::Arguments),
    Undo(undo::Arguments),
    /// Extend, suspend, resume or restart a term, or silence reminders
    #[command(subcommand)]
    Clock(clock::Command),
    /// Skip an occurrence of a series (周期事项), or end the series
    #[command(subcommand)]
    Series(series::Command),
    /// Import units, obligations or holiday notices from files: all rows, or none
    #[command(subcommand)]
    Import(import::Command),
    Extract(extract::Arguments),
    Template(template::Arguments),
    Due(due::Arguments),
    Calendar(calendar::Arguments),
    Rules(rules::Arguments),
    Units(units::Arguments),
    /// Replace, move, promote or retire a contact, or record an absence
    #[command(subcommand)]
    Contacts(contacts::Command),
    Remind(service::Remind),
    Plan(plan::Arguments),
    /// List, show, hold, release, retry or cancel mails, and read mail that came back
    #[command(subcommand)]
    Mail(mail::Command),
    Bulletin(bulletin::Arguments),
    Journal(journal::Arguments),
    Serve(service::Serve),
    Status(status::Arguments),
    Doctor(health::Doctor),
    #[command(hide = true)]
    CheckConfig(health::CheckConfig),
    Items(items::Arguments),
    /// Back up the ledger, confirm a restored one, or show and erase personal data
    #[command(subcommand)]
    Ledger(ledger::Command),
    #[command(hide = true)]
    ConvertInside(convert_inside::Arguments),
    Demo(demo::Arguments),
    #[command(hide = true)]
    Generate(generate::Arguments),
}

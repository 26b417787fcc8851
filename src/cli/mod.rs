//! The command line: arguments in, one workflow, output.
//!
//! Must not know: SQL, SMTP, how dates are computed. One file and one arguments struct per group of commands; their
//! doc comments are the help.

mod add;
mod bounce;
mod bulletin;
mod calendar;
mod clock;
mod command_context;
mod count;
mod demo;
mod due;
mod due_fault;
mod exit_code;
mod explain;
mod explanation;
mod extract;
mod failure;
mod format;
mod health;
mod hints;
mod import;
mod import_calendar;
mod input;
mod items;
mod journal;
mod ledger;
mod life;
mod mail;
mod old_names;
mod pass_report;
mod plan;
mod query;
mod regroup;
mod rules;
mod series;
mod service;
mod status;
mod terminal;
mod units;
mod values;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use command_context::{CommandContext, RunOptions};
use exit_code::Exit;
use failure::Failure;
use format::Format;
use terminal::Terminal;
use values::AsOf;

use crate::config::{self, Sources};
use crate::words::Lang;

/// 督办: keeps an office's dated obligations, calculates when each is due on the official working calendar, and reminds
/// the responsible units by mail until they are done.
#[derive(Debug, Parser)]
#[command(name = "duban", version, max_term_width = 100, disable_help_subcommand = true)]
struct Arguments {
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "Configuration file; default: $DUBAN_CONFIG, else /etc/duban/duban.toml, else built-in values"
    )]
    config: Option<PathBuf>,
    /// Stand in for "now": a date (then 09:00), or a date and time in Asia/Shanghai, such as 2022-12-28T14:30
    #[arg(long, global = true, value_name = "DATE|DATETIME")]
    as_of: Option<AsOf>,
    /// Print data as a table, JSON or CSV
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[arg(
        long,
        global = true,
        value_name = "zh|en",
        value_parser = values::language,
        help = "Language of all messages; default: $DUBAN_LANG, else the locale, else office.language"
    )]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Query(query::Command),
    Add(add::Arguments),
    #[command(flatten)]
    Life(life::Command),
    Count(count::Arguments),
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
    Due(due::Arguments),
    Calendar(calendar::Arguments),
    Rules(rules::Arguments),
    Units(units::Arguments),
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
    /// Confirm a copied or restored ledger
    #[command(subcommand)]
    Ledger(ledger::Command),
    Demo(demo::Arguments),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments =
        match Arguments::try_parse_from(old_names::replaced(std::env::args_os().collect())) {
            Ok(arguments) => arguments,
            Err(error) => return usage(&error).into(),
        };
    let sources = Sources::of_process(arguments.config.clone());
    let lang = config::language(arguments.lang, &sources.environment, None);
    let mut terminal = Terminal::standard(lang);
    run(arguments, &sources, &mut terminal).into()
}

/// Prints a fault of the command line, or the help asked for.
fn usage(error: &clap::Error) -> Exit {
    // Nobody is left to tell when this fails.
    drop(error.print());
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

/// Runs one command; says on the terminal what went wrong.
fn run(arguments: Arguments, sources: &Sources, terminal: &mut Terminal) -> Exit {
    let is_piped =
        matches!(&arguments.command, Command::Mail(mail::Command::Bounce(bounce)) if bounce.pipe);
    // one thread: what the program does waits for the disk and the relay, and a second one costs a wake-up at every step
    // (by itself the runtime would look thirty-one times after its own tasks before it looks after what SQLite has answered)
    let ended = tokio::runtime::Builder::new_current_thread()
        .global_queue_interval(1)
        .enable_all()
        .build()
        .map_err(Failure::Output)
        .and_then(|runtime| runtime.block_on(dispatch(arguments, sources, terminal)));
    let flushed = terminal.out.flush().map_err(Failure::Output);
    match ended.and_then(|exit| flushed.map(|()| exit)) {
        Ok(exit) => exit,
        Err(failure) if failure.is_broken_pipe() => Exit::Done,
        Err(failure) => {
            let exit = hints::report(&failure, terminal.lang, terminal.err.as_mut());
            if is_piped { Exit::TryAgain } else { exit }
        }
    }
}

async fn dispatch(
    arguments: Arguments,
    sources: &Sources,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let Arguments { as_of, format, lang, command, .. } = arguments;
    let options = RunOptions { as_of, format, lang };
    if let Command::Demo(demo) = command {
        return demo::run(demo, options, terminal).await;
    }
    let mut context = CommandContext::open(sources, options, terminal)?;
    let ended = match command {
        Command::Query(command) => query::run(command, &mut context).await,
        Command::Add(arguments) => add::run(arguments, &mut context).await,
        Command::Life(command) => life::run(command, &mut context).await,
        Command::Count(arguments) => count::run(arguments, &mut context).await,
        Command::Clock(command) => clock::run(command, &mut context).await,
        Command::Series(command) => series::run(command, &mut context).await,
        Command::Import(command) => import::run(command, &mut context).await,
        Command::Extract(arguments) => extract::run(arguments, &mut context).await,
        Command::Due(arguments) => due::run(&arguments, &mut context).await,
        Command::Calendar(arguments) => calendar::run(&arguments, &mut context).await,
        Command::Rules(arguments) => rules::run(&arguments, &mut context),
        Command::Units(arguments) => units::run(arguments, &mut context).await,
        Command::Remind(arguments) => service::remind(arguments, &mut context).await,
        Command::Plan(arguments) => plan::run(arguments, &mut context).await,
        Command::Mail(command) => mail::run(command, &mut context).await,
        Command::Bulletin(arguments) => bulletin::run(arguments, &mut context).await,
        Command::Journal(arguments) => journal::run(arguments, &mut context).await,
        Command::Serve(_) => service::serve(&mut context).await,
        Command::Status(arguments) => status::run(arguments, &mut context).await,
        Command::Doctor(arguments) => health::doctor(arguments, &mut context).await,
        Command::CheckConfig(_) => health::check_config(&mut context),
        Command::Items(arguments) => items::run(arguments, &mut context).await,
        Command::Ledger(command) => ledger::run(command, &mut context).await,
        Command::Demo(_) => Ok(Exit::Done),
    };
    context.close().await;
    ended
}

//! The command line: arguments in, one workflow, output.
//!
//! Must not know: SQL, SMTP, how dates are computed. One file and one arguments struct per group of commands; their
//! doc comments are the help.

mod add;
mod adjust;
mod adopt;
mod as_of;
mod bounce;
mod bulletin;
mod bulletin_document;
mod calendar;
mod certainty;
mod command_context;
mod count;
mod demo;
mod due;
mod exit_code;
mod explain;
mod explanation;
mod extract;
mod failure;
mod format;
mod health;
mod import;
mod import_calendar;
mod input;
mod journal;
mod life;
mod message;
mod methods;
mod outbox;
mod plan;
mod query;
mod regroup;
mod rules;
mod service;
mod settle;
mod status;
mod table;
mod terminal;
mod units;
mod view;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use as_of::AsOf;
use command_context::{CommandContext, RunOptions};
use exit_code::Exit;
use failure::Failure;
use format::Format;
use terminal::Terminal;

use crate::config::{self, Sources};
use crate::words::Lang;

/// 督办: keeps an office's dated duties, works out when each is due on the official working calendar, and reminds
/// the units that owe them by mail until they are done.
#[derive(Debug, Parser)]
#[command(name = "duban", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done · 1 unexpected · 2 wrong command line · 10 configuration wrong · \
11 database unavailable or corrupt · 12 calendar does not reach · 13 relay unreachable or refusing · \
14 input rejected · 20 worked, and something needs a person · 75 hand the mail in again (bounce --pipe)."
)]
struct Arguments {
    /// The configuration; else $`DUBAN_CONFIG`, else /etc/duban/duban.toml, else built-in defaults.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Stands in for "now": a date (then 09:00 of it) or date and time in Asia/Shanghai, as 2022-12-28 or
    /// 2022-12-28T14:30.
    #[arg(long, global = true, value_name = "DATE|DATETIME")]
    as_of: Option<AsOf>,
    /// How data is printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The language of everything said: zh or en; else that of `DUBAN_LANG`, the locale, or `office.language`.
    #[arg(long, global = true, value_name = "zh|en", value_parser = format::language)]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    // `about`, not a doc comment: that would hide the long help, which stands at the struct of each command.
    #[command(flatten)]
    Query(query::Command),
    #[command(about = "See the whole job on built-in data, in a fresh folder")]
    Demo(demo::Arguments),
    #[command(about = "Run the daemon")]
    Serve(service::Serve),
    #[command(about = "Make one pass now: plan, seal, deliver")]
    Remind(service::Remind),
    #[command(about = "Check the configuration and everything it names; every fault at once")]
    CheckConfig(health::CheckConfig),
    #[command(
        about = "Check what the service needs: ledger, units, calendar, templates, relay; sends nothing"
    )]
    Doctor(health::Doctor),
    #[command(about = "Work out when a term ends, and why")]
    Due(due::Arguments),
    #[command(
        about = "The working calendar: rest days, make-up days, and up to where it is certain"
    )]
    Calendar(calendar::Arguments),
    #[command(about = "The statutory terms, with their legal basis")]
    Rules(rules::Arguments),
    #[command(
        about = "Load units or obligations from files: all or nothing, with every bad row named"
    )]
    #[command(subcommand)]
    Import(import::Command),
    Extract(extract::Arguments),
    #[command(about = "Units, groups and contacts")]
    Units(units::Arguments),
    #[command(about = "How the service stands; --deep checks the whole ledger")]
    Status(status::Arguments),
    Adopt(adopt::Arguments),
    Settle(settle::Arguments),
    Bounce(bounce::Arguments),
    #[command(about = "Mail waiting, held or given up; hold, release, retry or cancel it")]
    #[command(subcommand)]
    Outbox(outbox::Command),
    #[command(about = "Show who would be mailed what, day by day; changes nothing")]
    Plan(plan::Arguments),
    #[command(about = "Register one duty, or an event that starts the clock of a rule")]
    Add(add::Arguments),
    #[command(about = "Count an event of a quota")]
    Count(count::Count),
    #[command(about = "Let a duty that comes back end")]
    End(count::End),
    /// Leave out the next occurrence of a duty that comes back
    Skip(count::Skip),
    /// What would differ if groups were expanded today; --apply makes it so
    Regroup(regroup::Arguments),
    #[command(about = "The 通报 table")]
    Bulletin(bulletin::Arguments),
    #[command(flatten)]
    Life(life::Command),
    #[command(flatten)]
    Adjust(adjust::Command),
    #[command(
        about = "What happened, in order; --verify checks that nothing was changed afterwards"
    )]
    Journal(journal::Arguments),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return message::usage(&error).into(),
    };
    let sources = Sources::of_process(arguments.config.clone());
    let lang = config::language(arguments.lang, &sources.environment, None);
    let mut terminal = Terminal::standard(lang);
    run(arguments, &sources, &mut terminal).into()
}

/// Runs one command; says on the terminal what went wrong.
fn run(arguments: Arguments, sources: &Sources, terminal: &mut Terminal) -> Exit {
    let is_piped = matches!(&arguments.command, Command::Bounce(bounce) if bounce.pipe);
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
            let exit = message::report(&failure, terminal.lang, terminal.err.as_mut());
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
        Command::Demo(_) => Ok(Exit::Done),
        Command::Serve(_) => service::serve(&mut context).await,
        Command::Remind(arguments) => service::remind(arguments, &mut context).await,
        Command::CheckConfig(_) => health::check_config(&mut context),
        Command::Doctor(_) => health::doctor(&mut context).await,
        Command::Import(command) => import::run(command, &mut context).await,
        Command::Extract(arguments) => extract::run(arguments, &mut context).await,
        Command::Due(arguments) => due::run(&arguments, &mut context).await,
        Command::Calendar(arguments) => calendar::run(&arguments, &mut context).await,
        Command::Rules(arguments) => rules::run(&arguments, &mut context),
        Command::Units(arguments) => units::run(arguments, &mut context).await,
        Command::Status(arguments) => status::run(arguments, &mut context).await,
        Command::Adopt(arguments) => adopt::run(arguments, &mut context).await,
        Command::Settle(arguments) => settle::run(arguments, &mut context).await,
        Command::Bounce(arguments) => bounce::run(arguments, &mut context).await,
        Command::Outbox(command) => outbox::run(command, &mut context).await,
        Command::Adjust(command) => adjust::run(command, &mut context).await,
        Command::Plan(arguments) => plan::run(arguments, &mut context).await,
        Command::Add(arguments) => add::run(arguments, &mut context).await,
        Command::Count(arguments) => count::run(arguments, &mut context).await,
        Command::End(arguments) => count::end(arguments, &mut context).await,
        Command::Skip(arguments) => count::skip(arguments, &mut context).await,
        Command::Regroup(arguments) => regroup::run(arguments, &mut context).await,
        Command::Bulletin(arguments) => bulletin::run(arguments, &mut context).await,
        Command::Life(command) => life::run(command, &mut context).await,
        Command::Journal(arguments) => journal::run(arguments, &mut context).await,
    };
    context.close().await;
    ended
}

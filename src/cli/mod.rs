//! The command line: arguments in, one workflow, output.
//!
//! Must not know: SQL, SMTP, how dates are computed. One file and one arguments struct per group of commands; their
//! doc comments are the help.
//! Callers: main.

mod add;
mod archive;
mod bounce;
mod bulletin;
mod calendar;
mod change_options;
mod clock;
mod column_mapping;
mod command_context;
mod command_line;
mod contacts;
mod convert_inside;
mod count;
mod daily;
mod demo;
mod due;
mod due_fault;
mod exit_code;
mod explain;
mod explanation;
mod extract;
mod failure;
mod format;
mod generate;
mod health;
mod help;
mod hints;

mod import;
mod import_calendar;
mod import_obligations;
mod input;
mod items;
mod journal;
mod ledger;
mod life;
mod long_list;
mod mail;
mod not_told;
mod old_names;
mod pass_report;
mod person;
mod plan;
mod query;
mod raw_arguments;
mod regroup;
mod rehearsal_folder;
mod retain;
mod rules;
mod series;
mod service;
mod shown;
mod status;
mod template;
mod terminal;
mod undo;
mod unit_changes;
mod units;
mod values;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use command_context::{CommandContext, RunOptions};
use command_line::{Arguments, Command};
use exit_code::Exit;
use failure::Failure;
use terminal::Terminal;

use crate::config::{self, Sources};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let given = old_names::with_present_names(std::env::args_os().collect());
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(error) => return answer_to(error, &given).into(),
    };
    let sources = Sources::of_process(arguments.config.clone());
    let lang = config::language(arguments.lang, &sources.environment, None);
    let mut terminal = Terminal::standard(lang, &sources);
    if let Some((argument, hidden)) = raw_arguments::first_hidden(&given) {
        let said = help::usage::hidden_character(&argument, hidden, lang);
        drop(terminal.err.write_all(said.as_bytes()));
        return Exit::Usage.into();
    }
    if let Some(argument) = raw_arguments::first_too_long(&given) {
        let said = help::usage::too_long(&argument, lang);
        drop(terminal.err.write_all(said.as_bytes()));
        return Exit::Usage.into();
    }
    run(arguments, &sources, &mut terminal).into()
}

/// Prints the help asked for, or what is wrong with the command line.
fn answer_to(error: clap::Error, given: &[OsString]) -> Exit {
    if error.kind() == ErrorKind::DisplayVersion {
        // Nobody is left to tell when this fails.
        drop(error.print());
        return Exit::Done;
    }
    let sources =
        Sources::of_process(raw_arguments::value_of(given, "--config").map(PathBuf::from));
    let asked = raw_arguments::value_of(given, "--lang");
    let asked = asked.and_then(|text| values::language(&text).ok());
    let lang = config::language(asked, &sources.environment, sources.load().ok().as_ref());
    let mut terminal = Terminal::standard(lang, &sources);
    let root = help::in_language(Arguments::command(), lang);
    let path = raw_arguments::command_path(given, &root);
    let is_long = given.iter().any(|argument| argument == "--help");
    let page = |root| help::command_page(root, &path, is_long, terminal.columns(), lang);
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other kind is a fault of usage")]
    let (text, exit) = match error.kind() {
        ErrorKind::DisplayHelp => (page(root), Exit::Done),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => (page(root), Exit::Usage),
        _ => {
            // Once more with the names of values in this language.
            let error = root.try_get_matches_from(given).err().unwrap_or(error);
            (help::usage::say(&error, lang), Exit::Usage)
        }
    };
    let out = if exit == Exit::Done { &mut terminal.out } else { &mut terminal.err };
    // Nobody is left to tell when this fails.
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
    exit
}

/// Runs one command; says on the terminal what went wrong.
fn run(arguments: Arguments, sources: &Sources, terminal: &mut Terminal) -> Exit {
    let is_piped =
        matches!(&arguments.command, Some(Command::Mail(mail::Command::Bounce(it))) if it.pipe);
    // One thread: the program mostly waits for the disk and the relay, and a second thread would cost a context switch at
    // every step.
    // The interval of 1: by default the runtime polls its own tasks 31 times before it polls for an answer of SQLite.
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
            let exit = hints::report(&failure, terminal.lang, &mut terminal.err);
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
    let command = match command {
        None => return daily::run(&Arguments::command(), sources, options, terminal).await,
        Some(Command::Demo(demo)) => return demo::run(demo, options, terminal).await,
        Some(Command::Generate(asked)) => {
            return generate::run(&asked, Arguments::command(), terminal);
        }
        Some(Command::ConvertInside(asked)) => return Ok(convert_inside::run(&asked)),
        Some(command) => command,
    };
    let mut context = CommandContext::open(sources, options, terminal)?;
    let ended = match command {
        Command::Query(command) => query::run(command, &mut context).await,
        Command::Add(arguments) => add::run(arguments, &mut context).await,
        Command::Life(command) => life::run(command, &mut context).await,
        Command::Undo(arguments) => undo::run(arguments, &mut context).await,
        Command::Count(arguments) => count::run(arguments, &mut context).await,
        Command::Clock(command) => clock::run(command, &mut context).await,
        Command::Series(command) => series::run(command, &mut context).await,
        Command::Import(command) => import::run(command, &mut context).await,
        Command::Extract(arguments) => extract::run(arguments, &mut context).await,
        Command::Template(arguments) => template::run(arguments, &mut context).await,
        Command::Due(arguments) => due::run(&arguments, &mut context).await,
        Command::Calendar(arguments) => calendar::run(&arguments, &mut context).await,
        Command::Rules(arguments) => rules::run(&arguments, &mut context),
        Command::Units(arguments) => units::run(arguments, &mut context).await,
        Command::Contacts(command) => contacts::run(command, &mut context).await,
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
        Command::Demo(_) | Command::Generate(_) | Command::ConvertInside(_) => Ok(Exit::Done),
    };
    context.close().await;
    ended
}

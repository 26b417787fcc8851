//! Looks into the arguments of the process before they are parsed.
//!
//! Must not know: what any command does. Callers: `cli` and its help.

use std::borrow::Cow;
use std::ffi::OsString;

use clap::Command;

use crate::domain::hidden::is_hidden;
use crate::intake::LONGEST_CELL;

/// Options of every command that take a value in the next argument.
const GLOBAL_OPTIONS: [&str; 4] = ["--config", "--as-of", "--format", "--lang"];

/// Where the name of the command stands: the first argument that is neither an option nor the value of one.
pub(super) fn place_of_command(arguments: &[OsString]) -> Option<usize> {
    names(arguments).next().map(|(place, _)| place)
}

/// The value of an option of every command: `--lang zh` or `--lang=zh`.
pub(super) fn value_of(arguments: &[OsString], option: &str) -> Option<String> {
    let place = arguments.iter().position(|it| it == option);
    let next = place.and_then(|place| arguments.get(place + 1));
    let joined =
        arguments.iter().find_map(|it| it.to_str()?.strip_prefix(option)?.strip_prefix('='));
    next.and_then(|next| next.to_str()).or(joined).map(str::to_owned)
}

/// The names of the command and its subcommands, as `root` knows them: `clock`, `extend`.
pub(super) fn command_path(arguments: &[OsString], root: &Command) -> Vec<String> {
    let (mut path, mut command) = (Vec::new(), root);
    for (_, name) in names(arguments) {
        let Some(found) = command.find_subcommand(&name) else { break };
        path.push(found.get_name().to_owned());
        command = found;
    }
    path
}

/// The first argument that holds what nobody sees, and the character: nothing of the kind goes into the ledger.
pub(super) fn first_hidden(arguments: &[OsString]) -> Option<(String, char)> {
    arguments.iter().skip(1).find_map(|argument| {
        let text = argument.to_string_lossy();
        text.chars().find(|c| is_hidden(*c)).map(|hidden| (text.into_owned(), hidden))
    })
}

/// The first argument that is longer than a cell of a table may be.
pub(super) fn first_too_long(arguments: &[OsString]) -> Option<String> {
    let texts = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    let mut long = texts.filter(|text| text.chars().nth(LONGEST_CELL).is_some());
    long.next().map(Cow::into_owned)
}

/// Arguments that are neither options nor values of [`GLOBAL_OPTIONS`], each with its place.
fn names(arguments: &[OsString]) -> impl Iterator<Item = (usize, String)> {
    let mut is_value = false;
    arguments.iter().enumerate().skip(1).filter_map(move |(place, argument)| {
        let text = argument.to_string_lossy();
        let is_name = !is_value && !text.starts_with('-');
        is_value = !is_value && GLOBAL_OPTIONS.contains(&text.as_ref());
        is_name.then(|| (place, text.into_owned()))
    })
}

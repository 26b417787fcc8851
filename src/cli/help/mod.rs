//! Help in two languages. The English text is the doc comments of the arguments; the Chinese stands in `chinese.txt`.
//!
//! Must not know: what a command does. Callers: `cli` only.

mod man;
mod page;
pub(super) mod usage;

pub(super) use man::man_pages;
pub(super) use page::{command_page, daily_page};

use clap::Command;
use clap::builder::Str;

use crate::words::Lang;

/// The command with the names of its values in `lang`; usage lines and faults show them.
pub(super) fn in_language(command: Command, lang: Lang) -> Command {
    if lang == Lang::En {
        return command;
    }
    let command = command.mut_args(|argument| {
        let names = argument.get_value_names().unwrap_or_default().iter();
        let names: Vec<Str> =
            names.map(|name| chinese(name).map_or_else(|| name.clone(), Str::from)).collect();
        if names.is_empty() { argument } else { argument.value_names(names) }
    });
    command.mut_subcommands(|command| in_language(command, lang))
}

/// The command with all its texts in `lang`, for completions.
pub(super) fn translated(command: Command, lang: Lang) -> Command {
    let paragraphs = |english: &clap::builder::StyledStr| {
        let english = english.to_string();
        let translated: Vec<String> = english.split("\n\n").map(|it| text(it, lang)).collect();
        translated.join("\n\n")
    };
    let mut command = in_language(command, lang);
    if let Some(about) = command.get_about().map(paragraphs) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(paragraphs) {
        command = command.long_about(about);
    }
    let command = command.mut_args(|mut argument| {
        if let Some(help) = argument.get_help().map(paragraphs) {
            argument = argument.help(help);
        }
        if let Some(help) = argument.get_long_help().map(paragraphs) {
            argument = argument.long_help(help);
        }
        argument
    });
    command.mut_subcommands(|command| translated(command, lang))
}

/// A text of the help in `lang`; a text without translation stays English, which a test forbids.
fn text(english: &str, lang: Lang) -> String {
    match lang {
        Lang::En => english.to_owned(),
        Lang::Zh => chinese(english).unwrap_or(english).to_owned(),
    }
}

fn chinese(english: &str) -> Option<&'static str> {
    texts().find(|(en, _)| *en == english).map(|(_, zh)| zh)
}

/// Every text in English and Chinese: two lines of the file, then an empty one.
fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("chinese.txt").split("\n\n").filter_map(|pair| pair.trim().split_once('\n'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Arg, Command, CommandFactory as _};
    use unicode_width::UnicodeWidthStr as _;

    use super::{command_page, in_language, texts};
    use crate::cli::command_line::Arguments;
    use crate::words::Lang;

    fn built() -> Command {
        let mut command = Arguments::command();
        command.build();
        command
    }

    /// Every command with its path, the hidden ones left out.
    fn commands(command: &Command, path: &[String], all: &mut Vec<(Vec<String>, Command)>) {
        all.push((path.to_vec(), command.clone()));
        for inner in command.get_subcommands().filter(|it| !it.is_hide_set()) {
            commands(inner, &[path, &[inner.get_name().to_owned()]].concat(), all);
        }
    }

    fn all_commands() -> Vec<(Vec<String>, Command)> {
        let mut all = Vec::new();
        commands(&built(), &[], &mut all);
        all
    }

    fn texts_of_argument(argument: &Arg, texts: &mut BTreeSet<String>) {
        if argument.is_hide_set() || matches!(argument.get_id().as_str(), "help" | "version") {
            return;
        }
        let help = argument.get_long_help().or(argument.get_help());
        texts.extend(help.unwrap().to_string().split("\n\n").map(str::to_owned));
        if argument.get_action().takes_values() {
            texts.extend(argument.get_value_names().unwrap().iter().map(ToString::to_string));
        }
        for value in argument.get_possible_values() {
            texts.extend(value.get_help().map(ToString::to_string));
        }
    }

    #[test]
    fn every_text_of_the_help_has_a_chinese_one_and_none_is_left_over() {
        let mut said = BTreeSet::new();
        let mut all = all_commands();
        // it is not listed, but a packager reads its help
        commands(built().find_subcommand("generate").unwrap(), &[], &mut all);
        for (_, command) in all {
            let about = command.get_long_about().or(command.get_about());
            said.extend(about.unwrap().to_string().split("\n\n").map(str::to_owned));
            command.get_arguments().for_each(|it| texts_of_argument(it, &mut said));
        }
        let known: BTreeSet<String> = texts().map(|(en, _)| en.to_owned()).collect();
        assert_eq!(known.len(), texts().count(), "a text stands twice");
        let missing: Vec<_> = said.difference(&known).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        let unused: Vec<_> = known.difference(&said).collect();
        assert!(unused.is_empty(), "{unused:#?}");
    }

    #[test]
    fn no_line_of_the_help_is_wider_than_a_hundred_cells() {
        for lang in [Lang::Zh, Lang::En] {
            for (path, _) in all_commands() {
                let page =
                    command_page(in_language(Arguments::command(), lang), &path, true, 100, lang);
                for line in page.lines() {
                    assert!(line.width() <= 100, "{path:?}: {line}");
                }
            }
        }
    }

    #[test]
    fn at_most_thirty_two_commands_are_listed_each_under_one_heading() {
        let listed: Vec<String> = all_commands()
            .into_iter()
            .filter(|(path, _)| path.len() == 1)
            .map(|(path, _)| path.concat())
            .collect();
        assert!(listed.len() <= 32, "{}", listed.len());
        let under_headings: Vec<&str> =
            super::page::GROUPS.iter().flat_map(|group| group.commands).copied().collect();
        assert_eq!(under_headings.len(), listed.len());
        for name in listed {
            assert!(under_headings.contains(&name.as_str()), "{name}");
        }
    }
}

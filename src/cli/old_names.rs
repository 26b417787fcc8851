//! Names that commands had before; they go on working, and help does not list them.
//!
//! Must not know: what any command does. Callers: `cli` only, before the arguments are parsed.

use std::ffi::OsString;

use super::raw_arguments::place_of_command;

/// Each old name with the words of the present one.
const OLD_NAMES: [(&str, &[&str]); 13] = [
    ("extend", &["clock", "extend"]),
    ("suspend", &["clock", "suspend"]),
    ("resume", &["clock", "resume"]),
    ("restart", &["clock", "restart"]),
    ("silence", &["clock", "silence"]),
    ("skip", &["series", "skip"]),
    ("end", &["series", "end"]),
    ("regroup", &["units", "regroup"]),
    ("settle", &["items", "done"]),
    ("outbox", &["mail"]),
    ("bounce", &["mail", "bounce"]),
    ("adopt", &["ledger", "adopt"]),
    ("list", &["upcoming"]),
];

/// Returns the arguments with the present name of the command: `duban extend X` becomes `duban clock extend X`,
/// `duban help add` becomes `duban add --help`, and `duban doctor --config` without a file `duban doctor --config-only`.
pub(super) fn with_present_names(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let Some(place) = place_of_command(&arguments) else { return arguments };
    let Some(name) = arguments.get(place).and_then(|name| name.to_str()) else { return arguments };
    if name == "help" {
        arguments.remove(place);
        arguments.push("--help".into());
        return with_present_names(arguments);
    }
    if name == "doctor" {
        return without_bare_config(arguments);
    }
    if let Some((_, present)) = OLD_NAMES.iter().find(|(old, _)| *old == name) {
        arguments.splice(place..=place, present.iter().map(OsString::from));
    }
    arguments
}

fn without_bare_config(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let bare = (0..arguments.len()).find(|place| {
        let next = arguments.get(place + 1).map(|next| next.to_string_lossy());
        arguments.get(*place).is_some_and(|it| it == "--config")
            && next.is_none_or(|next| next.starts_with('-'))
    });
    if let Some(argument) = bare.and_then(|place| arguments.get_mut(place)) {
        *argument = "--config-only".into();
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> String {
        let arguments = line.split(' ').map(OsString::from).collect();
        let words: Vec<_> = with_present_names(arguments)
            .iter()
            .map(|it| it.to_string_lossy().into_owned())
            .collect();
        words.join(" ")
    }

    #[test]
    fn an_old_name_becomes_the_present_one_wherever_it_stands() {
        assert_eq!(of("duban extend X --by 5wd"), "duban clock extend X --by 5wd");
        assert_eq!(
            of("duban --as-of 2022-12-28 outbox list"),
            "duban --as-of 2022-12-28 mail list"
        );
        assert_eq!(of("duban --format=json settle a:b"), "duban --format=json items done a:b");
        assert_eq!(of("duban show extend"), "duban show extend");
        assert_eq!(of("duban help extend"), "duban clock extend --help");
        assert_eq!(of("duban help"), "duban --help");
    }

    #[test]
    fn config_without_a_file_asks_doctor_for_the_configuration_alone() {
        assert_eq!(of("duban doctor --config"), "duban doctor --config-only");
        assert_eq!(
            of("duban --config a.toml doctor --config"),
            "duban --config a.toml doctor --config-only"
        );
        assert_eq!(of("duban doctor --config a.toml"), "duban doctor --config a.toml");
    }
}

//! Chooses the language in which the program speaks to its caller.
//!
//! Must not know: any sentence. Callers: `cli` only.

use std::collections::BTreeMap;

use crate::words::Lang;

/// Reads the value of `--lang`.
pub(super) fn parse(text: &str) -> Result<Lang, String> {
    match text {
        "zh" => Ok(Lang::Zh),
        "en" => Ok(Lang::En),
        _ => Err("write zh or en".to_owned()),
    }
}

/// The language asked for, else that of `DUBAN_LANG`, else that of the locale; `None` when the office decides.
pub(super) fn chosen(asked: Option<Lang>, environment: &BTreeMap<String, String>) -> Option<Lang> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| environment.get(name))
        .find(|value| !value.is_empty());
    let of_environment = || environment.get("DUBAN_LANG").and_then(|value| Lang::parse(value));
    asked.or_else(of_environment).or_else(|| locale.and_then(|value| Lang::parse(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen_in(asked: Option<Lang>, variables: &[(&str, &str)]) -> Option<Lang> {
        let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        chosen(asked, &environment.collect())
    }

    #[test]
    fn the_option_wins_over_duban_lang_over_the_locale_over_the_office() {
        let variables = [("DUBAN_LANG", "en"), ("LANG", "zh_CN.UTF-8")];
        assert_eq!(chosen_in(Some(Lang::Zh), &variables), Some(Lang::Zh));
        assert_eq!(chosen_in(None, &variables), Some(Lang::En));
        assert_eq!(chosen_in(None, &[("LANG", "en_US.UTF-8")]), Some(Lang::En));
        assert_eq!(chosen_in(None, &[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]), None);
        assert_eq!(chosen_in(None, &[]), None);
    }
}

//! Chooses the language in which the program speaks to its caller.
//!
//! Must not know: any text. Callers: cli.

use std::collections::BTreeMap;

use super::Settings;
use crate::words::Lang;

/// The language of this run; the first of these that names one decides: `flag` (`--lang`), `DUBAN_LANG`, the locale,
/// `office.language`, Chinese.
///
/// A locale that names neither language (`C`, `POSIX`, `C.UTF-8`, or none) leaves the choice to the office.
pub fn language(
    flag: Option<Lang>,
    environment: &BTreeMap<String, String>,
    settings: Option<&Settings>,
) -> Lang {
    let value = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let variable = || value("DUBAN_LANG").and_then(|text| Lang::parse(text));
    // As in setlocale(3): the first of the three that is set is the locale, whatever it names.
    let locale = || {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(value);
        locale.and_then(|text| Lang::parse(text))
    };
    let office = || settings.map(|settings| settings.office.language);
    flag.or_else(variable).or_else(locale).or_else(office).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(flag: Option<Lang>, environment: &[(&str, &str)], office: &str) -> Lang {
        let map = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let environment_of_office = map(&[("DUBAN__OFFICE__LANGUAGE", office)]);
        let sources =
            crate::config::Sources { environment: environment_of_office, ..Default::default() };
        language(flag, &map(environment), Some(&sources.load().unwrap()))
    }

    #[test]
    fn flag_comes_before_variable_before_locale_before_office() {
        let all = [("DUBAN_LANG", "en"), ("LC_ALL", "zh_CN.UTF-8"), ("LANG", "zh_CN.UTF-8")];
        assert_eq!(of(Some(Lang::Zh), &all, "en"), Lang::Zh);
        assert_eq!(of(None, &all, "zh"), Lang::En);
        assert_eq!(of(None, &all[1..], "en"), Lang::Zh);
        assert_eq!(of(None, &[], "en"), Lang::En);
        assert_eq!(language(None, &BTreeMap::new(), None), Lang::Zh);
    }

    #[test]
    fn a_locale_that_names_neither_language_leaves_the_choice_to_the_office() {
        for locale in ["C", "POSIX", "C.UTF-8", "de_DE.UTF-8", ""] {
            assert_eq!(of(None, &[("LANG", locale)], "zh"), Lang::Zh, "{locale}");
            assert_eq!(of(None, &[("LANG", locale)], "en"), Lang::En, "{locale}");
        }
    }

    #[test]
    fn lc_all_stands_before_lang() {
        assert_eq!(of(None, &[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], "zh"), Lang::Zh);
        assert_eq!(of(None, &[("LC_ALL", ""), ("LANG", "en_US.UTF-8")], "zh"), Lang::En);
    }
}

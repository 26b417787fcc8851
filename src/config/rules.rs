//! Rule files: `config/rules.toml` and an operator's own, read into rules; every fault at once, with line and key.
//!
//! Must not know: what a rule is used for, which version applies to a day.

use std::fmt;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::ladder::MisfitKind;
use crate::domain::rule::{
    AllowedAdjustment, Direction, Effect, Evidence, Rule, RuleFault, RuleVersion, Rulebook,
};
use crate::domain::term::Period;

/// The rules this program was built with.
const SHIPPED: &str = include_str!("../../config/rules.toml");

const RULE_KEYS: [&str; 7] = ["name", "code", "trigger", "ladder", "closes", "then", "version"];
const VERSION_KEYS: [&str; 9] =
    ["from", "through", "term", "counts", "law", "article", "evidence", "note", "allows"];
const ALLOWS_KEYS: [&str; 4] = ["change", "ground", "at_most", "article"];

/// One fault of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFileFault {
    /// The file as named by the caller.
    pub file: String,
    /// Line, from 1, when the fault stands on one.
    pub line: Option<usize>,
    /// The key; empty when the fault concerns more than one.
    pub key: &'static str,
    /// What is wrong.
    pub kind: RuleFileFaultKind,
}

/// What is wrong in a rule file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFileFaultKind {
    /// Not TOML.
    #[error("{0}")]
    Syntax(String),
    /// No such key.
    #[error("has the unknown key `{0}`")]
    UnknownKey(String),
    /// A key that must be there is not.
    #[error("is missing")]
    Missing,
    /// A value of another kind.
    #[error("must be {expected}, not `{found}`")]
    Unfit {
        /// What the key takes.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// The rules do not fit together.
    #[error(transparent)]
    Rule(RuleFault),
    /// The ladder of a rule does not do for it.
    #[error("does not fit: {0}")]
    Misfit(MisfitKind),
}

impl fmt::Display for RuleFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if self.key.is_empty() {
            write!(f, ": {}", self.kind)
        } else {
            write!(f, ": `{}` {}", self.key, self.kind)
        }
    }
}

/// The rules this program was built with.
///
/// # Errors
///
/// None in a released build: a test reads them.
pub fn shipped() -> Result<Rulebook, Vec<RuleFileFault>> {
    read("rules.toml", SHIPPED, &Rulebook::default())
}

/// Reads a rule file and lays it over `base`: new names are added, known ones replaced.
///
/// # Errors
///
/// Every [`RuleFileFault`] of the file, in the order of its lines; those among rules come last.
pub fn read(file: &str, text: &str, base: &Rulebook) -> Result<Rulebook, Vec<RuleFileFault>> {
    let mut reader = Reader { file, text, faults: Vec::new() };
    let rules = match DeTable::parse(text) {
        Ok(table) => reader.rules(table.get_ref()),
        Err(error) => {
            let at = error.span().map(|span| span.start);
            reader.fault(at, "", RuleFileFaultKind::Syntax(error.message().to_owned()));
            Vec::new()
        }
    };
    if !reader.faults.is_empty() {
        return Err(reader.faults);
    }
    base.extended(rules).map_err(|faults| {
        for fault in faults {
            reader.fault(None, "", RuleFileFaultKind::Rule(fault));
        }
        reader.faults
    })
}

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    faults: Vec<RuleFileFault>,
}

/// A table with the offset it begins at.
#[derive(Clone, Copy)]
struct Fields<'t> {
    table: &'t DeTable<'t>,
    at: usize,
}

impl Reader<'_> {
    fn rules(&mut self, document: &DeTable<'_>) -> Vec<Rule> {
        let document = Fields { table: document, at: 0 };
        self.known_keys(document, &["rule"]);
        let tables = self.tables(document, "rule");
        tables.into_iter().filter_map(|table| self.rule(table)).collect()
    }

    /// `None` only with a fault recorded; the same holds for all below.
    fn rule(&mut self, fields: Fields<'_>) -> Option<Rule> {
        self.known_keys(fields, &RULE_KEYS);
        let name = self.text(fields, "name");
        let code = self.optional_text(fields, "code");
        let trigger = self.optional_text(fields, "trigger");
        let ladder = self.optional_text(fields, "ladder");
        let closes = self.optional_text(fields, "closes").unwrap_or("by-hand");
        let closes_at_once = match closes {
            "by-hand" => Some(false),
            "at-once" => Some(true),
            _ => None,
        };
        let closes_at_once =
            self.fit((fields, "closes"), "`by-hand` or `at-once`", closes, closes_at_once);
        let then = self.texts(fields, "then");
        let tables = self.tables(fields, "version");
        let versions = tables.into_iter().filter_map(|table| self.version(table)).collect();
        let trigger = trigger.unwrap_or_default().to_owned();
        Some(Rule {
            name: name?.to_owned(),
            code: code.map(str::to_owned),
            trigger,
            ladder: ladder.map(str::to_owned),
            closes_at_once: closes_at_once?,
            then,
            versions,
        })
    }

    fn version(&mut self, fields: Fields<'_>) -> Option<RuleVersion> {
        self.known_keys(fields, &VERSION_KEYS);
        let from = self.parsed(fields, "from", "a date YYYY-MM-DD", |text| text.parse().ok());
        let through = self.optional_text(fields, "through");
        let through = through.map(|text| {
            let date = text.parse::<Date>().ok();
            self.fit((fields, "through"), "a date YYYY-MM-DD", text, date)
        });
        let term = self.parsed(
            fields,
            "term",
            "a term in short form such as 20wd, 30d, >=30d, every:12mo@0-31",
            |text| text.parse().ok(),
        );
        let counts = self.optional_text(fields, "counts").unwrap_or("after");
        let direction = match counts {
            "after" => Some(Direction::After),
            "before" => Some(Direction::Before),
            _ => None,
        };
        let counts = self.fit((fields, "counts"), "`after` or `before`", counts, direction);
        let law = self.text(fields, "law");
        let article = self.text(fields, "article");
        let expected = "confirmed, read, secondary or unverified";
        let evidence = self.parsed(fields, "evidence", expected, Evidence::from_word);
        let note = self.optional_text(fields, "note").unwrap_or_default().to_owned();
        let tables = self.tables(fields, "allows");
        let allows = tables.into_iter().filter_map(|table| self.allowed(table)).collect();
        Some(RuleVersion {
            from: from?,
            through: match through {
                Some(through) => Some(through?),
                None => None,
            },
            term: term?,
            counts: counts?,
            law: law?.to_owned(),
            article: article?.to_owned(),
            evidence: evidence?,
            allows,
            note,
        })
    }

    fn allowed(&mut self, fields: Fields<'_>) -> Option<AllowedAdjustment> {
        self.known_keys(fields, &ALLOWS_KEYS);
        let ground = self.text(fields, "ground");
        let article = self.text(fields, "article");
        let effect = match self.text(fields, "change")? {
            "extend" => {
                let expected = "a period such as 20wd";
                self.parsed(fields, "at_most", expected, |text| text.parse::<Period>().ok())
                    .map(Effect::Extend)
            }
            "suspend" => Some(Effect::Suspend),
            "restart" => Some(Effect::Restart),
            other => self.fit((fields, "change"), "extend, suspend or restart", other, None),
        };
        Some(AllowedAdjustment {
            effect: effect?,
            ground: ground?.to_owned(),
            article: article?.to_owned(),
        })
    }

    fn known_keys(&mut self, fields: Fields<'_>, known: &[&str]) {
        for key in fields.table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let kind = RuleFileFaultKind::UnknownKey(key.get_ref().to_string());
                self.fault(Some(key.span().start), "", kind);
            }
        }
    }

    /// The tables of an array of tables; none when the key is absent.
    fn tables<'a>(&mut self, fields: Fields<'a>, key: &'static str) -> Vec<Fields<'a>> {
        let mut tables = Vec::new();
        for item in self.items(fields, key) {
            match item.get_ref().as_table() {
                Some(table) => tables.push(Fields { table, at: item.span().start }),
                None => self.unfit(item, key, "tables"),
            }
        }
        tables
    }

    fn texts(&mut self, fields: Fields<'_>, key: &'static str) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.items(fields, key) {
            match item.get_ref().as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.unfit(item, key, "texts in quotes"),
            }
        }
        texts
    }

    fn items<'a>(&mut self, fields: Fields<'a>, key: &'static str) -> &'a [Spanned<DeValue<'a>>] {
        let Some(value) = fields.table.get(key) else { return &[] };
        let items = value.get_ref().as_array();
        if items.is_none() {
            self.unfit(value, key, "a list");
        }
        items.map_or(&[], |items| items)
    }

    fn optional_text<'a>(&mut self, fields: Fields<'a>, key: &'static str) -> Option<&'a str> {
        let value = fields.table.get(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.unfit(value, key, "a text in quotes");
        }
        text
    }

    /// A text that must be there and not be empty.
    fn text<'a>(&mut self, fields: Fields<'a>, key: &'static str) -> Option<&'a str> {
        if fields.table.get(key).is_none() {
            self.fault(Some(fields.at), key, RuleFileFaultKind::Missing);
        }
        let text = self.optional_text(fields, key)?;
        self.fit((fields, key), "a text", text, (!text.trim().is_empty()).then_some(text))
    }

    fn parsed<T>(
        &mut self,
        fields: Fields<'_>,
        key: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(fields, key)?;
        self.fit((fields, key), expected, text, parse(text))
    }

    /// Passes a value on, and records a fault when there is none.
    fn fit<T>(
        &mut self,
        (fields, key): (Fields<'_>, &'static str),
        expected: &'static str,
        found: &str,
        value: Option<T>,
    ) -> Option<T> {
        if value.is_none() {
            let at = fields.table.get(key).map_or(fields.at, |value| value.span().start);
            let found = found.to_owned();
            self.fault(Some(at), key, RuleFileFaultKind::Unfit { expected, found });
        }
        value
    }

    fn unfit(&mut self, value: &Spanned<DeValue<'_>>, key: &'static str, expected: &'static str) {
        let found = self.text.get(value.span()).unwrap_or_default().to_owned();
        self.fault(Some(value.span().start), key, RuleFileFaultKind::Unfit { expected, found });
    }

    fn fault(&mut self, at: Option<usize>, key: &'static str, kind: RuleFileFaultKind) {
        let line = at.map(|at| {
            self.text.bytes().take(at).filter(|byte| *byte == b'\n').count().saturating_add(1)
        });
        self.faults.push(RuleFileFault { file: self.file.to_owned(), line, key, kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_at_once_with_its_line() {
        let text = r#"
[[rule]]
name = "甲"
tigger = "收到之日"
ladder = 3

[[rule.version]]
from = "2019-02-30"
term = "20 working days"
law = ""
article = "第一条"
evidence = "read"

[[rule.version.allows]]
change = "prolong"
ground = "理由"
"#;
        let faults: Vec<String> = read("own.toml", text, &Rulebook::default())
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect();
        insta::assert_snapshot!(faults.join("\n"), @r"
        own.toml:4: has the unknown key `tigger`
        own.toml:5: `ladder` must be a text in quotes, not `3`
        own.toml:8: `from` must be a date YYYY-MM-DD, not `2019-02-30`
        own.toml:9: `term` must be a term in short form such as 20wd, 30d, >=30d, every:12mo@0-31, not `20 working days`
        own.toml:10: `law` must be a text, not ``
        own.toml:14: `article` is missing
        own.toml:15: `change` must be extend, suspend or restart, not `prolong`
        ");
    }

    #[test]
    fn the_day_of_the_trigger_chooses_the_version() {
        let rules = shipped().unwrap();
        let reply = rules.get("依申请公开答复").unwrap();
        let term =
            |day: &str| reply.on(day.parse().unwrap()).map(|version| version.term.to_string());
        assert_eq!(term("2008-04-30"), None);
        assert_eq!(term("2018-06-01").as_deref(), Some("15wd"));
        assert_eq!(term("2019-05-14").as_deref(), Some("15wd"));
        assert_eq!(term("2019-05-15").as_deref(), Some("20wd"));
        assert_eq!(term("2020-06-01").as_deref(), Some("20wd"));
    }

    #[test]
    fn an_own_file_replaces_a_rule_of_the_same_name_and_keeps_the_others() {
        let own = r#"
[[rule]]
name = "政策咨询答复"
[[rule.version]]
from = "2022-01-01"
term = "3wd"
law = "榆中县规定"
article = "第一条"
evidence = "secondary"
"#;
        let rules = read("own.toml", own, &shipped().unwrap()).unwrap();
        assert_eq!(rules.iter().count(), shipped().unwrap().iter().count());
        let term = &rules.get("政策咨询答复").unwrap().newest().unwrap().term;
        assert_eq!(term.to_string(), "3wd");
    }

    #[test]
    fn only_days_months_and_years_are_counted_before_an_event() {
        let text = |term: &str| {
            format!(
                "[[rule]]\nname = \"甲\"\n[[rule.version]]\nfrom = \"2020-01-01\"\nterm = \"{term}\"\n\
                 counts = \"before\"\nlaw = \"法\"\narticle = \"一\"\nevidence = \"read\"\n"
            )
        };
        let accepts = |term: &str| read("own.toml", &text(term), &Rulebook::default()).is_ok();
        assert!(["7d", "5wd", "1mo", "1y"].into_iter().all(accepts));
        assert!(!["24h", ">=7d", "every:1mo"].into_iter().any(accepts));
    }

    #[test]
    fn rules_that_do_not_fit_together_are_refused() {
        let version = |from: &str| {
            format!(
                "[[rule.version]]\nfrom = \"{from}\"\nterm = \"3wd\"\nlaw = \"法\"\narticle = \"一\"\nevidence = \"read\"\n"
            )
        };
        let head = "[[rule]]\nname = \"甲\"\nthen = [\"乙\"]\n";
        let text = format!("{head}{}{}", version("2020-01-01"), version("2021-01-01"));
        let faults = read("own.toml", &text, &Rulebook::default()).unwrap_err();
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "own.toml: the rule `甲` has a version from 2021-01-01 that overlaps another or ends before it begins",
                "own.toml: the rule `甲` starts `乙`, which is not a rule",
            ]
        );
    }
}

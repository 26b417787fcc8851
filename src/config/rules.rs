//! Rule files: the keys of a rule and their checks.
//!
//! Must not know: what a rule is used for, which version applies to a day.

use std::path::Path;

use serde::Deserialize;

use super::document::Document;
use super::fault::{ConfigFault, Expected, FaultKind};
use super::reader::{Field, List, items};
use crate::domain::ladder::{Misfit, MisfitKind};
use crate::domain::rule::{
    AllowedAdjustment, AllowedChange, CIVIL, CountingLaw, Direction, Evidence, FollowUpStart,
    LawfulTime, Rule, RuleFault, RuleVersion, Rulebook,
};
use crate::domain::term::{Period, PeriodUnit};

/// The rules this program was built with.
const SHIPPED: &str = include_str!("../../config/rules.toml");

#[derive(Deserialize)]
struct RuleFile {
    rule: Option<List<RuleTable>>,
    counting: Option<List<CountingTable>>,
}

#[derive(Deserialize)]
struct RuleTable {
    name: Field<String>,
    code: Option<Field<String>>,
    trigger: Option<Field<String>>,
    ladder: Option<Field<String>>,
    closes: Option<Field<String>>,
    then: Option<List<String>>,
    starts: Option<Field<String>>,
    counting: Option<Field<String>>,
    version: Option<List<VersionTable>>,
}

#[derive(Deserialize)]
struct CountingTable {
    name: Field<String>,
    law: Field<String>,
    through: Option<Field<String>>,
    from: Field<String>,
    until: Option<Field<String>>,
    start: Field<String>,
    end: Field<String>,
    months: Option<Field<String>>,
    hours: Field<String>,
}

#[derive(Deserialize)]
struct VersionTable {
    from: Field<String>,
    through: Option<Field<String>>,
    term: Field<String>,
    counts: Option<Field<String>>,
    law: Option<Field<String>>,
    article: Option<Field<String>>,
    evidence: Field<String>,
    note: Option<Field<String>>,
    allows: Option<List<AllowsTable>>,
}

#[derive(Deserialize)]
struct AllowsTable {
    change: Field<String>,
    ground: Field<String>,
    at_most: Option<Field<String>>,
    article: Field<String>,
    within: Option<Field<String>>,
    within_article: Option<Field<String>>,
}

#[derive(Clone, Copy)]
enum Change {
    Extend,
    Suspend,
    Restart,
}

/// The rules this program was built with.
///
/// # Errors
///
/// None in a released build: a test reads them.
pub fn shipped() -> Result<Rulebook, Vec<ConfigFault>> {
    read(Path::new("rules.toml"), SHIPPED, &Rulebook::default())
}

/// Reads a rule file and lays it over `base`: new names are added, known ones replaced.
///
/// # Errors
///
/// Every fault of the file, by line.
pub fn read(path: &Path, text: &str, base: &Rulebook) -> Result<Rulebook, Vec<ConfigFault>> {
    let document = Document::of_file(path, text)?;
    let (rules, counting): (Vec<Rule>, Vec<CountingLaw>) =
        document.read::<RuleFile>().map_or_else(Default::default, |file| {
            let laws = items(file.counting);
            let laws = laws.filter_map(|(_, table)| counting_law(&document, &table)).collect();
            (items(file.rule).filter_map(|(_, table)| rule(&document, table)).collect(), laws)
        });
    if !document.is_sound() {
        return document.finish(None);
    }
    let book = base.extended(rules, counting).map_err(|faults| {
        for fault in faults {
            document.fault_of_key(&key_of(&fault), FaultKind::Rule(fault));
        }
    });
    document.finish(book.ok())
}

/// The faults among `misfits` of rules that stand in this file.
pub(super) fn misfits(path: &Path, text: &str, misfits: &[Misfit]) -> Vec<ConfigFault> {
    let Ok(document) = Document::of_file(path, text) else { return Vec::new() };
    for misfit in misfits {
        let rule = format!("rule.{}", misfit.rule);
        let key = Some(format!("{rule}.ladder")).filter(|key| document.has(key)).unwrap_or(rule);
        if document.has(&key) {
            let kind = match misfit.kind.clone() {
                MisfitKind::Unknown { ladder } => FaultKind::NoSuchLadder { ladder },
                MisfitKind::OutsideTerm(fault) => {
                    FaultKind::OutsideTerm { rule: misfit.rule.clone(), fault }
                }
            };
            document.fault_of_key(&key, kind);
        }
    }
    document.finish(None::<()>).err().unwrap_or_default()
}

/// `None` only with a fault recorded, as everywhere below.
fn rule(document: &Document, table: RuleTable) -> Option<Rule> {
    let name = document.full_text(&table.name);
    let optional = |field: Option<Field<String>>| field.and_then(|field| document.text(&field));
    let code = optional(table.code);
    let trigger = optional(table.trigger).unwrap_or_default();
    let ladder = optional(table.ladder);
    let closes_at_once = match &table.closes {
        Some(closes) => document.word(closes, &[("by-hand", false), ("at-once", true)]),
        None => Some(false),
    };
    let then = items(table.then).map(|(_, name)| name).collect();
    let starts = match &table.starts {
        Some(starts) => document.word(starts, &FollowUpStart::ALL.map(|it| (it.word(), it))),
        None => Some(FollowUpStart::Done),
    };
    let counting = optional(table.counting).unwrap_or_else(|| CIVIL.to_owned());
    let versions =
        items(table.version).filter_map(|(entry, table)| version(document, entry, table)).collect();
    Some(Rule {
        name: name?,
        code,
        trigger,
        ladder,
        closes_at_once: closes_at_once?,
        then,
        starts: starts?,
        counting,
        versions,
    })
}

fn counting_law(document: &Document, table: &CountingTable) -> Option<CountingLaw> {
    let date = |field| document.parse(field, Expected::Date, |text| text.parse().ok());
    let optional = |field: &Option<Field<String>>| field.as_ref().and_then(|it| document.text(it));
    let until = table.until.as_ref().map(date);
    let [name, law, start, end, hours] =
        [&table.name, &table.law, &table.start, &table.end, &table.hours]
            .map(|field| document.full_text(field));
    Some(CountingLaw {
        name: name?,
        law: law?,
        through: optional(&table.through),
        from: date(&table.from)?,
        until: match until {
            Some(until) => Some(until?),
            None => None,
        },
        start: start?,
        end: end?,
        months: optional(&table.months),
        hours: hours?,
    })
}

fn version(document: &Document, entry: usize, table: VersionTable) -> Option<RuleVersion> {
    let date = |field| document.parse(field, Expected::Date, |text| text.parse().ok());
    let from = date(&table.from);
    let through = table.through.as_ref().and_then(date);
    let term = document.parse(&table.term, Expected::Term, |text| text.parse().ok());
    let counts = match &table.counts {
        Some(counts) => {
            let words = [("after", Direction::After), ("before", Direction::Before)];
            document.word(counts, &words)
        }
        None => Some(Direction::After),
    };
    let evidence =
        document.word(&table.evidence, &Evidence::ALL.map(|evidence| (evidence.word(), evidence)));
    // Only a term that nobody has checked may stand without a law.
    let cited = |field: &Option<Field<String>>, key| match (field, evidence) {
        (Some(field), _) => document.full_text(field),
        (None, Some(Evidence::Unverified) | None) => Some(String::new()),
        (None, Some(_)) => {
            document.fault_below(entry, key, FaultKind::Missing);
            None
        }
    };
    let (law, article) = (cited(&table.law, "law"), cited(&table.article, "article"));
    let note = table.note.and_then(|note| document.text(&note)).unwrap_or_default();
    let allows =
        items(table.allows).filter_map(|(entry, table)| allowed(document, entry, &table)).collect();
    Some(RuleVersion {
        from: from?,
        through,
        term: term?,
        counts: counts?,
        law: law?,
        article: article?,
        evidence: evidence?,
        allows,
        note,
    })
}

fn allowed(document: &Document, entry: usize, table: &AllowsTable) -> Option<AllowedAdjustment> {
    let ground = document.full_text(&table.ground);
    let article = document.full_text(&table.article);
    let words =
        [("extend", Change::Extend), ("suspend", Change::Suspend), ("restart", Change::Restart)];
    let change = match document.word(&table.change, &words)? {
        Change::Extend => {
            let Some(at_most) = &table.at_most else {
                document.fault_below(entry, "at_most", FaultKind::Missing);
                return None;
            };
            let period = document.parse(at_most, Expected::Period, |text| text.parse().ok());
            AllowedChange::Extend(period?)
        }
        Change::Suspend => AllowedChange::Suspend,
        Change::Restart => AllowedChange::Restart,
    };
    let within = match &table.within {
        Some(within) => Some(lawful_time(document, entry, table, within, change)?),
        None => None,
    };
    Some(AllowedAdjustment { change, ground: ground?, article: article?, within })
}

/// Only a suspension lasts.
fn lawful_time(
    document: &Document,
    entry: usize,
    table: &AllowsTable,
    within: &Field<String>,
    change: AllowedChange,
) -> Option<LawfulTime> {
    let period = document.parse(within, Expected::Period, |text| {
        let period: Option<Period> = text.parse().ok();
        period.filter(|it| change == AllowedChange::Suspend && it.unit != PeriodUnit::Hour)
    });
    let Some(article) = &table.within_article else {
        document.fault_below(entry, "within_article", FaultKind::Missing);
        return None;
    };
    let article = document.full_text(article);
    Some(LawfulTime { period: period?, article: article? })
}

fn key_of(fault: &RuleFault) -> String {
    match fault {
        RuleFault::Twice(name)
        | RuleFault::NoVersion(name)
        | RuleFault::Overlap { name, .. }
        | RuleFault::UnknownNext { name, .. }
        | RuleFault::UnknownCounting { name, .. }
        | RuleFault::NotBackwards { name, .. } => format!("rule.{name}"),
        RuleFault::CountingOverlap { name, .. } => format!("counting.{name}"),
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
evidence = "text"

[[rule.version.allows]]
change = "prolong"
ground = "理由"
"#;
        let faults: Vec<String> = read(Path::new("own.toml"), text, &Rulebook::default())
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect();
        insta::assert_snapshot!(faults.join(
            "
"
        ));
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
        let rules = read(Path::new("own.toml"), own, &shipped().unwrap()).unwrap();
        assert_eq!(rules.iter().count(), shipped().unwrap().iter().count());
        let term = &rules.get("政策咨询答复").unwrap().newest().unwrap().term;
        assert_eq!(term.to_string(), "3wd");
    }

    #[test]
    fn only_days_months_and_years_are_counted_before_an_event() {
        let text = |term: &str| {
            format!(
                "[[rule]]\nname = \"甲\"\n[[rule.version]]\nfrom = \"2020-01-01\"\nterm = \"{term}\"\n\
                 counts = \"before\"\nlaw = \"法\"\narticle = \"一\"\nevidence = \"text\"\n"
            )
        };
        let accepts =
            |term: &str| read(Path::new("own.toml"), &text(term), &Rulebook::default()).is_ok();
        assert!(["7d", "5wd", "1mo", "1y"].into_iter().all(accepts));
        assert!(!["24h", ">=7d", "every:1mo"].into_iter().any(accepts));
    }

    #[test]
    fn rules_that_do_not_fit_together_are_refused() {
        let version = |from: &str| {
            format!(
                "[[rule.version]]\nfrom = \"{from}\"\nterm = \"3wd\"\nlaw = \"法\"\narticle = \"一\"\nevidence = \"text\"\n"
            )
        };
        let head = "[[rule]]\nname = \"甲\"\nthen = [\"乙\"]\n";
        let text = format!("{head}{}{}", version("2020-01-01"), version("2021-01-01"));
        let faults = read(Path::new("own.toml"), &text, &Rulebook::default()).unwrap_err();
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(faults.join(
            "
"
        ));
    }
}

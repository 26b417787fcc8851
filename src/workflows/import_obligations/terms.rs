//! The term of a row: as written, as its rule has it, or an internal target.
//!
//! Must not know: units, how a date is computed. Callers: this folder.

use jiff::civil::Date;

use crate::domain::deadline::Anchor;
use crate::domain::listed::ListedObligation;
use crate::domain::rule::Rule;
use crate::domain::similar::most_similar;
use crate::domain::target::can_be_target;
use crate::domain::term::Term;
use crate::words;
use crate::words::{Lang, Say};
use crate::workflows::Context;

/// A day that lies more years ahead is probably a typing error.
const MOST_YEARS_AHEAD: i16 = 30;

/// What is wrong with 时限, 起算日, 规则, 内部目标 or 截止.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermFault {
    /// Neither a term nor a rule.
    NoTerm,
    UnknownRule {
        name: String,
        similar: Option<String>,
    },
    /// The rule was not in force on the trigger's day.
    RuleNotInForce {
        rule: String,
        on: Date,
    },
    /// An internal target (内部目标) for an obligation whose document sets the date.
    TargetBesideDate {
        term: Term,
    },
    /// An internal target that ends on no day.
    TargetWithoutDate {
        term: Term,
    },
    /// A day in a year far ahead that the row does not confirm.
    FarAhead {
        column: &'static str,
        day: Date,
    },
}

impl TermFault {
    pub(super) fn column(&self) -> &'static str {
        match self {
            Self::NoTerm => "时限",
            Self::UnknownRule { .. } | Self::RuleNotInForce { .. } => "规则",
            Self::TargetBesideDate { .. } | Self::TargetWithoutDate { .. } => "内部目标",
            Self::FarAhead { column, .. } => column,
        }
    }
}

impl Say for TermFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::NoTerm => lang
                .pick(
                    "与规则均为空，请填写时限，例如“2022年底前”“20个工作日内”",
                    "empty, and so is 规则; write the term, for example 2022年底前 or 20个工作日内",
                )
                .to_owned(),
            Self::UnknownRule { name, similar: Some(similar) } => words!(
                lang,
                zh = "没有名为“{name}”的规则，是否应为“{similar}”？用 duban rules 查看全部规则",
                en = "no rule is called `{name}`; did you mean `{similar}`? `duban rules` lists them all"
            ),
            Self::UnknownRule { name, similar: None } => words!(
                lang,
                zh = "没有名为“{name}”的规则；用 duban rules 查看全部规则，没有规则的请留空",
                en = "no rule is called `{name}`; `duban rules` lists them all; leave it empty if there is none"
            ),
            Self::RuleNotInForce { rule, on } => words!(
                lang,
                zh = "“{rule}”在{on}没有施行；请将时限直接写入“时限”一栏",
                en = "{rule} was not in force on {on}; write the term itself into 时限"
            ),
            Self::TargetBesideDate { term } => words!(
                lang,
                zh = "文件已规定期限（{term}）；请将本栏留空，或者在“时限”中写“及时”",
                en = "the document sets the date itself ({term}); leave it empty, or write 及时 into 时限",
                term = term.say(lang)
            ),
            Self::TargetWithoutDate { term } => words!(
                lang,
                zh = "“{term}”没有截止日；请填写例如“10个工作日”“2022-12-31”“每季度”",
                en = "{term} ends on no day; write for example 10wd, 2022-12-31 or 每季度",
                term = term.say(lang)
            ),
            Self::FarAhead { day, .. } => words!(
                lang,
                zh = "{day}在三十年以后；请核对年份，确为{year}年的请在“年份”中填写{year}（add 命令用 --year）",
                en = "{day} is more than thirty years ahead; check the year, and if it is right write {year} into 年份 (with add: --year)",
                year = day.year()
            ),
        }
    }
}

/// Asks about each day of a row that lies far ahead, unless the row names its year in 年份.
pub(super) fn ask_about_far_days(
    context: Context<'_>,
    listed: &ListedObligation,
    faults: &mut Vec<TermFault>,
) {
    let latest = context.now.today().year() + MOST_YEARS_AHEAD;
    let days = [
        ("时限", listed.term.as_ref().and_then(last_day)),
        ("起算日", listed.trigger.map(Anchor::day)),
        ("内部目标", listed.internal.as_ref().and_then(last_day)),
        ("截止", listed.ends),
    ];
    let is_far = |day: &Date| day.year() > latest && listed.year != Some(day.year());
    for (column, day) in days {
        faults.extend(day.filter(is_far).map(|day| TermFault::FarAhead { column, day }));
    }
}

/// The last day that a term names; `None` for one that counts from an event or comes back.
fn last_day(term: &Term) -> Option<Date> {
    match term {
        Term::By(day) | Term::Window { through: day, .. } => Some(*day),
        Term::Within(_) | Term::AtLeast(_) | Term::Every(_) | Term::Times(_) | Term::Undated => {
            None
        }
    }
}

/// The rule a row names; an unknown one becomes a fault.
pub(super) fn rule<'a>(
    context: Context<'a>,
    listed: &ListedObligation,
    faults: &mut Vec<TermFault>,
) -> Option<&'a Rule> {
    let name = listed.rule.as_ref()?;
    let rules = &context.law.rules;
    let rule = rules.get(name);
    if rule.is_none() {
        let similar = most_similar(rules.names(), name);
        faults.push(TermFault::UnknownRule { name: name.clone(), similar });
    }
    rule
}

/// The term of a row: as written, else that of its rule on the trigger's day.
pub(super) fn term(
    context: Context<'_>,
    listed: &ListedObligation,
    rule: Option<&Rule>,
    faults: &mut Vec<TermFault>,
) -> Option<Term> {
    if let Some(term) = &listed.term {
        return Some(term.clone());
    }
    let on = listed.trigger.map_or_else(|| context.now.today(), Anchor::day);
    let term = rule.and_then(|rule| rule.on(on)).map(|version| version.term.clone());
    match (&term, rule) {
        (None, Some(rule)) => {
            faults.push(TermFault::RuleNotInForce { rule: rule.name.clone(), on });
        }
        (None, None) if listed.rule.is_none() => faults.push(TermFault::NoTerm),
        _ => {}
    }
    term
}

/// The internal target (内部目标) of an obligation without a date: that of its row, else that of the configuration.
pub(super) fn target(
    context: Context<'_>,
    listed: &ListedObligation,
    term: &Term,
    faults: &mut Vec<TermFault>,
) -> Option<Term> {
    match (&listed.internal, term) {
        (Some(target), Term::Undated) if can_be_target(target) => Some(target.clone()),
        (Some(target), Term::Undated) => {
            faults.push(TermFault::TargetWithoutDate { term: target.clone() });
            None
        }
        (Some(_), _) => {
            faults.push(TermFault::TargetBesideDate { term: term.clone() });
            None
        }
        (None, Term::Undated) => context.law.targets.find(&listed.written).cloned(),
        (None, _) => None,
    }
}

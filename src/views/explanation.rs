//! How a date was worked out, as JSON and CSV: `due`, `explain`.
//!
//! Must not know: which command asks, the wording for people (`argument`).

use jiff::civil::Date;
use serde::Serialize;

use super::entries::corrected;
use super::sentence::Sentence;
use crate::domain::calendar::{DayKind, ListedDay};
use crate::domain::deadline::{Anchor, Change, ClockState};
use crate::domain::explanation::{DayHours, DayRange, DayRole, Explanation, Step};
use crate::domain::moment::Moment;
use crate::domain::rule::{CountingLaw, Evidence, Rule, RuleVersion, Rulebook};
use crate::domain::term::{Period, Term};
use crate::workflows::explain::Explained;

/// The rule a date follows.
#[derive(Clone, Copy, Debug)]
pub struct RuleInForce<'a> {
    pub rule: &'a Rule,
    /// Its version in force on the day of the trigger.
    pub version: &'a RuleVersion,
}

/// The law a date rests on.
#[derive(Clone, Copy, Debug)]
pub struct LegalBasis<'a> {
    /// What sets the term; `None` when a document alone does.
    pub rule: Option<RuleInForce<'a>>,
    /// By what its days are counted.
    pub counting: Option<&'a CountingLaw>,
}

impl<'a> LegalBasis<'a> {
    /// The basis of an explanation; without a trigger the law on counting is that of `today`.
    pub fn of(
        rules: &'a Rulebook,
        rule: Option<RuleInForce<'a>>,
        trigger: Option<Anchor>,
        today: Date,
    ) -> Self {
        let day = trigger.map_or(today, Anchor::day);
        Self { rule, counting: rules.counting_law(rule.map(|it| it.rule), day) }
    }

    pub(super) fn version(&self) -> Option<&'a RuleVersion> {
        self.rule.map(|it| it.version)
    }
}

/// The notices that the days of an explanation rest on, each once, in the order of the days.
pub(super) fn notices(explanation: &Explanation) -> Vec<String> {
    let mut notices: Vec<String> = Vec::new();
    for step in &explanation.steps {
        let kind = match step {
            Step::Days(range) => range.kind.as_ref(),
            Step::Hours(hours) => Some(&hours.kind),
            Step::Adjusted(_) => None,
        };
        let paper = kind.and_then(|kind| kind_of_day(kind).1).map(|day| day.paper.to_string());
        notices.extend(paper.filter(|paper| !notices.contains(paper)));
    }
    notices
}

/// Term and extension added up, where they can be: 20 and 20 working days are 40.
pub(super) fn total(explanation: &Explanation) -> Option<Period> {
    let (Term::Within(period) | Term::AtLeast(period)) = explanation.term else { return None };
    let since_restart =
        explanation.adjustments.iter().rev().take_while(|it| it.change != Change::Restart);
    let extensions: Vec<Period> = since_restart
        .filter_map(|adjustment| match adjustment.change {
            Change::Extend(by) => Some(by),
            Change::Suspend | Change::Resume | Change::Restart => None,
        })
        .collect();
    let [by] = extensions.as_slice() else { return None };
    (by.unit == period.unit)
        .then(|| Period { amount: period.amount.saturating_add(by.amount), unit: period.unit })
}

/// An explanation.
#[derive(Debug, Serialize)]
pub struct ExplanationView {
    term: String,
    trigger: Option<Date>,
    trigger_at: Option<String>,
    counts: &'static str,
    /// `running`, `suspended`, `waiting`, `undated`.
    clock: &'static str,
    due: Option<Date>,
    due_at: Option<String>,
    act_by: Option<Date>,
    earliest: Option<Date>,
    suspended_since: Option<Date>,
    provisional: bool,
    rule: Option<String>,
    rule_version: Option<String>,
    law: Option<String>,
    article: Option<String>,
    evidence: Option<&'static str>,
    counting_law: Option<CountingLawView>,
    /// Term and extension added up.
    total: Option<String>,
    conventions: ConventionsView,
    certain_through: Date,
    calendar_version: String,
    notices: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepView>>,
}

/// The explanation of an obligation in the ledger.
#[derive(Debug, Serialize)]
pub struct ObligationExplanationView {
    reference: String,
    title: String,
    /// The term as the document writes it.
    written: String,
    source: String,
    lead: Vec<String>,
    responsible: Vec<String>,
    printed_on: Date,
    /// Wrong entries that were taken back.
    corrected: Vec<Sentence>,
    #[serde(flatten)]
    explanation: ExplanationView,
    /// The unit whose own calendar was used.
    calendar_unit: Option<String>,
    calendar_in_force: String,
    rule_in_force: Option<String>,
    ledger_due: Option<Date>,
}

/// The law by which the days were counted.
#[derive(Debug, Serialize)]
struct CountingLawView {
    law: String,
    through: Option<String>,
    start: String,
    end: String,
    months: Option<String>,
    hours: String,
}

/// How the questions were answered that the law leaves open, in the words of the configuration.
#[derive(Debug, Serialize)]
struct ConventionsView {
    suspension: &'static str,
    before: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum StepView {
    Days {
        from: Date,
        through: Date,
        days: u32,
        fate: &'static str,
        first: Option<i64>,
        last: Option<i64>,
        kind: Option<&'static str>,
        name: Option<String>,
        paper: Option<String>,
        assumed: bool,
    },
    Hours {
        from_at: String,
        until_at: String,
        minutes: i64,
        fate: &'static str,
        kind: &'static str,
        name: Option<String>,
        paper: Option<String>,
    },
    Adjustment {
        on: Date,
        adjustment: &'static str,
        by: Option<String>,
        ground: Option<String>,
        reason: String,
        /// Where the law allows it.
        article: Option<String>,
    },
}

/// A step as CSV has it.
#[derive(Debug, Default, Serialize)]
pub struct StepRow {
    from: String,
    through: String,
    days: Option<u32>,
    fate: &'static str,
    first: Option<i64>,
    last: Option<i64>,
    kind: Option<&'static str>,
    name: Option<String>,
    paper: Option<String>,
}

impl ExplanationView {
    pub const KEYS: &'static [&'static str] =
        &["term", "trigger", "due", "due_at", "act_by", "earliest", "provisional"];

    /// Steps are included only `with_steps`.
    pub fn of(explanation: &Explanation, basis: LegalBasis<'_>, with_steps: bool) -> Self {
        let (rule, version) = (basis.rule, basis.version());
        let deadline = explanation.clock.deadline();
        let local = |moment: Moment| moment.local().to_string();
        Self {
            term: explanation.term.to_string(),
            trigger: explanation.trigger.map(Anchor::day),
            trigger_at: match explanation.trigger {
                Some(Anchor::Instant(moment)) => Some(local(moment)),
                Some(Anchor::Day(_)) | None => None,
            },
            counts: explanation.counts.word(),
            clock: match explanation.clock {
                ClockState::Undated => "undated",
                ClockState::Waiting => "waiting",
                ClockState::Suspended { .. } => "suspended",
                ClockState::Running(_) => "running",
            },
            due: deadline.map(|deadline| deadline.due),
            due_at: deadline.and_then(|deadline| deadline.due_at).map(local),
            act_by: deadline.map(|deadline| deadline.act_by),
            earliest: deadline.and_then(|deadline| deadline.earliest),
            suspended_since: match explanation.clock {
                ClockState::Suspended { since, .. } => Some(since),
                ClockState::Undated | ClockState::Waiting | ClockState::Running(_) => None,
            },
            provisional: deadline.is_some_and(|deadline| deadline.provisional),
            rule: rule.map(|it| it.rule.name.clone()),
            rule_version: version.map(RuleVersion::id),
            law: version.map(|it| it.law.clone()).filter(|law| !law.is_empty()),
            article: version.map(|it| it.article.clone()).filter(|article| !article.is_empty()),
            evidence: version.map(|it| it.evidence).map(Evidence::word),
            counting_law: basis.counting.map(CountingLawView::of),
            total: total(explanation).map(|total| total.to_string()),
            conventions: ConventionsView {
                suspension: explanation.conventions.suspension.word(),
                before: explanation.conventions.before.word(),
            },
            certain_through: explanation.certain_through,
            calendar_version: explanation.calendar_version.clone(),
            notices: notices(explanation),
            steps: with_steps.then(|| {
                explanation.steps.iter().map(|step| StepView::of(step, version)).collect()
            }),
        }
    }
}

impl CountingLawView {
    fn of(law: &CountingLaw) -> Self {
        let CountingLaw { law, through, start, end, months, hours, .. } = law.clone();
        Self { law, through, start, end, months, hours }
    }
}

impl ObligationExplanationView {
    pub fn of(explained: &Explained, basis: LegalBasis<'_>, printed_on: Date) -> Self {
        let inputs = &explained.obligation.inputs;
        Self {
            reference: inputs.full_reference(),
            title: inputs.title.clone(),
            written: inputs.written.clone(),
            source: inputs.source.clone(),
            lead: explained.lead.clone(),
            responsible: explained.responsible.clone(),
            printed_on,
            corrected: corrected(&explained.corrected, &explained.directory),
            explanation: ExplanationView::of(&explained.explanation, basis, true),
            ledger_due: explained.obligation.deadline.map(|deadline| deadline.due),
            calendar_unit: explained.unit.clone(),
            calendar_in_force: explained.calendar_in_force.clone(),
            rule_in_force: explained.rule_in_force.clone(),
        }
    }
}

impl StepView {
    fn of(step: &Step, rule: Option<&RuleVersion>) -> Self {
        match step {
            Step::Adjusted(adjustment) => Self::Adjustment {
                on: adjustment.on,
                adjustment: adjustment.change.word(),
                by: extension(adjustment.change),
                ground: adjustment.ground.clone(),
                reason: adjustment.reason.clone(),
                article: rule.and_then(|rule| rule.basis_of(adjustment)),
            },
            Step::Hours(DayHours { from, until, kind }) => {
                let (kind, listed) = kind_of_day(kind);
                Self::Hours {
                    from_at: from.local().to_string(),
                    until_at: until.local().to_string(),
                    minutes: until.since(*from).as_mins(),
                    fate: role_word(DayRole::Counted),
                    kind,
                    name: listed.map(|day| day.name.to_string()),
                    paper: listed.map(|day| day.paper.to_string()),
                }
            }
            Step::Days(range) => {
                let (kind, listed) = range.kind.as_ref().map(kind_of_day).unzip();
                let listed = listed.flatten();
                let DayRange { from, through, days, role, numbers, assumed, .. } = range;
                Self::Days {
                    from: *from,
                    through: *through,
                    days: *days,
                    fate: role_word(*role),
                    first: numbers.map(|(first, _)| first),
                    last: numbers.map(|(_, last)| last),
                    kind,
                    name: listed.map(|day| day.name.to_string()),
                    paper: listed.map(|day| day.paper.to_string()),
                    assumed: *assumed,
                }
            }
        }
    }
}

impl StepRow {
    pub const KEYS: &'static [&'static str] =
        &["from", "through", "days", "fate", "first", "last", "kind", "name", "paper"];

    pub fn of(step: &Step) -> Self {
        match StepView::of(step, None) {
            StepView::Days {
                from, through, days, fate, first, last, kind, name, paper, ..
            } => {
                let (from, through) = (from.to_string(), through.to_string());
                Self { from, through, days: Some(days), fate, first, last, kind, name, paper }
            }
            StepView::Hours { from_at, until_at, fate, kind, name, paper, .. } => {
                let kind = Some(kind);
                Self {
                    from: from_at,
                    through: until_at,
                    fate,
                    kind,
                    name,
                    paper,
                    ..Self::default()
                }
            }
            StepView::Adjustment { on, adjustment, by, ground, .. } => Self {
                from: on.to_string(),
                through: on.to_string(),
                fate: adjustment,
                name: by,
                paper: ground,
                ..Self::default()
            },
        }
    }
}

fn extension(change: Change) -> Option<String> {
    match change {
        Change::Extend(by) => Some(by.to_string()),
        Change::Suspend | Change::Resume | Change::Restart => None,
    }
}

/// The word for a kind of day, and what a notice says of it.
fn kind_of_day(kind: &DayKind) -> (&'static str, Option<&ListedDay>) {
    match kind {
        DayKind::Weekday => ("weekday", None),
        DayKind::Weekend => ("weekend", None),
        DayKind::Holiday(day) => ("holiday", Some(day)),
        DayKind::MakeUp(day) => ("make_up", Some(day)),
    }
}

fn role_word(role: DayRole) -> &'static str {
    match role {
        DayRole::DayZero => "day_zero",
        DayRole::Counted => "counted",
        DayRole::Skipped => "skipped",
        DayRole::Suspended => "paused",
        DayRole::Dropped => "dropped",
        DayRole::RolledOver => "rolled_over",
        DayRole::Due => "due",
        DayRole::ActBy => "act_by",
    }
}

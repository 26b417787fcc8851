//! How a date is argued on paper and in JSON: every run of days with its reason.
//!
//! Must not know: which command asks.

use jiff::civil::Date;
use serde::Serialize;

use super::command_context::CommandContext;
use super::failure::Failure;
use super::{methods, view};
use crate::domain::calendar::{DayKind, ListedDay};
use crate::domain::deadline::{Adjustment, Anchor, Change, ClockState, Direction};
use crate::domain::explanation::{DayHours, DayRange, DayRole, Explanation, Step};
use crate::domain::rule::{Rule, RuleVersion};
use crate::domain::term::Term;
use crate::words::{Lang, Say};

/// The rule a date follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Basis<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Its version in force on the trigger's day.
    pub version: &'a RuleVersion,
}

/// An explanation as JSON shows it.
#[derive(Debug, Serialize)]
pub(super) struct ExplanationView {
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
    conventions: ConventionsView,
    certain_through: Date,
    calendar_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepView>>,
}

/// How the questions were answered that the law leaves open, in the words of the configuration.
#[derive(Debug, Serialize)]
struct ConventionsView {
    suspension: &'static str,
    before: &'static str,
}

/// One step as JSON shows it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum StepView {
    Run {
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
    },
}

/// The JSON of an explanation; its steps only when asked for.
pub(super) fn view(
    explanation: &Explanation,
    basis: Option<Basis<'_>>,
    with_steps: bool,
) -> ExplanationView {
    let deadline = explanation.clock.deadline();
    let local = |moment: crate::domain::moment::Moment| moment.local().to_string();
    ExplanationView {
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
        rule: basis.map(|basis| basis.rule.name.clone()),
        rule_version: basis.map(|basis| basis.version.id()),
        law: basis.map(|basis| basis.version.law.clone()),
        article: basis.map(|basis| basis.version.article.clone()),
        conventions: ConventionsView {
            suspension: explanation.conventions.suspension.word(),
            before: explanation.conventions.before.word(),
        },
        certain_through: explanation.certain_through,
        calendar_version: explanation.calendar_version.clone(),
        steps: with_steps.then(|| explanation.steps.iter().map(step_view).collect()),
    }
}

fn step_view(step: &Step) -> StepView {
    match step {
        Step::Adjusted(Adjustment { on, change, ground, reason }) => StepView::Adjustment {
            on: *on,
            adjustment: change.word(),
            by: match change {
                Change::Extend(by) => Some(by.to_string()),
                Change::Suspend | Change::Resume | Change::Restart => None,
            },
            ground: ground.clone(),
            reason: reason.clone(),
        },
        Step::Hours(stretch) => {
            let (kind, listed) = kind_view(&stretch.kind);
            StepView::Hours {
                from_at: stretch.from.local().to_string(),
                until_at: stretch.until.local().to_string(),
                minutes: stretch.until.since(stretch.from).as_mins(),
                fate: fate_word(DayRole::Counted),
                kind,
                name: listed.map(|day| day.name.to_string()),
                paper: listed.map(|day| day.paper.to_string()),
            }
        }
        Step::Days(run) => {
            let (kind, listed) = run.kind.as_ref().map(kind_view).unzip();
            let listed = listed.flatten();
            StepView::Run {
                from: run.from,
                through: run.through,
                days: run.days,
                fate: fate_word(run.role),
                first: run.numbers.map(|(first, _)| first),
                last: run.numbers.map(|(_, last)| last),
                kind,
                name: listed.map(|day| day.name.to_string()),
                paper: listed.map(|day| day.paper.to_string()),
                assumed: run.assumed,
            }
        }
    }
}

/// The word for a kind of day, and what a paper says of it.
fn kind_view(kind: &DayKind) -> (&'static str, Option<&ListedDay>) {
    match kind {
        DayKind::Weekday => ("weekday", None),
        DayKind::Weekend => ("weekend", None),
        DayKind::Holiday(day) => ("holiday", Some(day)),
        DayKind::MakeUp(day) => ("make_up", Some(day)),
    }
}

fn fate_word(fate: DayRole) -> &'static str {
    match fate {
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

/// The dates as CSV, or with `with_steps` a row a run.
pub(super) fn print_csv(
    context: &mut CommandContext<'_>,
    explanation: &Explanation,
    with_steps: bool,
) -> Result<(), Failure> {
    let text = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    if with_steps {
        let rows = explanation.steps.iter().map(|step| step_row(&step_view(step)).to_vec());
        return context.csv(&STEP_COLUMNS, rows);
    }
    let dates = view(explanation, None, false);
    let row = vec![
        dates.term,
        text(dates.trigger),
        text(dates.due),
        dates.due_at.unwrap_or_default(),
        text(dates.act_by),
        text(dates.earliest),
        dates.provisional.to_string(),
    ];
    context.csv(&["term", "trigger", "due", "due_at", "act_by", "earliest", "provisional"], [row])
}

const STEP_COLUMNS: [&str; 9] =
    ["from", "through", "days", "fate", "first", "last", "kind", "name", "paper"];

fn step_row(step: &StepView) -> [String; 9] {
    let number = |number: &Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match step {
        StepView::Run { from, through, days, fate, first, last, kind, name, paper, .. } => [
            from.to_string(),
            through.to_string(),
            days.to_string(),
            (*fate).to_owned(),
            number(first),
            number(last),
            kind.unwrap_or_default().to_owned(),
            text(name),
            text(paper),
        ],
        StepView::Hours { from_at, until_at, fate, kind, name, paper, .. } => [
            from_at.clone(),
            until_at.clone(),
            String::new(),
            (*fate).to_owned(),
            String::new(),
            String::new(),
            (*kind).to_owned(),
            text(name),
            text(paper),
        ],
        StepView::Adjustment { on, adjustment, by, ground, .. } => [
            on.to_string(),
            on.to_string(),
            String::new(),
            (*adjustment).to_owned(),
            String::new(),
            String::new(),
            String::new(),
            text(by),
            text(ground),
        ],
    }
}

/// Prints what follows, and with `with_steps` the whole argument, fit for the files of a review.
pub(super) fn print(
    context: &mut CommandContext<'_>,
    explanation: &Explanation,
    basis: Option<Basis<'_>>,
    with_steps: bool,
) -> Result<(), Failure> {
    print_with(context, explanation, basis, Vec::new(), with_steps)
}

/// As [`print()`], with facts about an obligation below the others.
pub(super) fn print_with(
    context: &mut CommandContext<'_>,
    explanation: &Explanation,
    basis: Option<Basis<'_>>,
    more: Vec<(&'static str, String)>,
    with_steps: bool,
) -> Result<(), Failure> {
    let mut facts = context.table(&["项目", "内容"]);
    for (name, cell) in facts_of(explanation, basis).into_iter().chain(more) {
        facts.row([name.to_owned(), cell]);
    }
    context.print(&facts.text())?;
    if with_steps && !explanation.steps.is_empty() {
        let mut table = context.table(&["日期", "天数", "计数", "说明"]).right(&[1]);
        for step in &explanation.steps {
            table.row(step_cells(step, explanation.counts));
        }
        context.print(&format!("\n{}", table.text()))?;
    }
    Ok(())
}

fn facts_of(explanation: &Explanation, basis: Option<Basis<'_>>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("期限", term_in_chinese(&explanation.term, explanation.counts))];
    match explanation.trigger {
        Some(Anchor::Day(day)) => {
            let name = match (&explanation.term, explanation.counts) {
                (Term::Every(_) | Term::Times(_), _) => "周期首日",
                (_, Direction::Before) => "事件日",
                (_, Direction::After) => "起算日",
            };
            facts.push((name, view::with_weekday(day)));
        }
        Some(Anchor::Instant(moment)) => {
            facts.push(("起算时刻", moment.local().strftime("%F %H:%M").to_string()));
        }
        None => {}
    }
    if let Some(Basis { rule, version }) = basis {
        facts.push(("规则", format!("{}（{}）", rule.name, version.id())));
        facts.push(("依据", format!("{}{}", version.law, version.article)));
    }
    facts.extend(outcome(&explanation.clock));
    if explanation.clock.deadline().is_some_and(|deadline| deadline.provisional) {
        let certain = explanation.certain_through;
        let year = certain.year().saturating_add(1);
        facts.push((
            "暂定",
            format!("放假安排只确定到{certain}，其后按周一至周五推定；载入{year}年通知后重新计算"),
        ));
    }
    facts.extend(methods::methods(explanation).into_iter().map(|method| ("算法", method)));
    facts.push((
        "日历",
        format!("确定至{}，版本{}", explanation.certain_through, explanation.calendar_version),
    ));
    facts
}

fn outcome(clock: &ClockState) -> Vec<(&'static str, String)> {
    let deadline = match clock {
        ClockState::Undated => return vec![("到期日", "没有日期".to_owned())],
        ClockState::Waiting => return vec![("到期日", "起算日未知，尚无到期日".to_owned())],
        ClockState::Suspended { since, not_before } => {
            let text = format!("自{since}起中止，不早于{}", view::with_weekday(not_before.due));
            return vec![("到期日", text)];
        }
        ClockState::Running(deadline) => deadline,
    };
    let mut facts = vec![("到期日", view::with_weekday(deadline.due))];
    if let Some(due_at) = deadline.due_at {
        facts.push(("到期时刻", due_at.local().strftime("%F %H:%M").to_string()));
    }
    facts.push(("应办日", view::with_weekday(deadline.act_by)));
    if let Some(earliest) = deadline.earliest {
        facts.push(("最早结束", view::with_weekday(earliest)));
    }
    facts
}

fn step_cells(step: &Step, counts: Direction) -> [String; 4] {
    match step {
        Step::Adjusted(adjustment) => {
            [view::with_weekday(adjustment.on), String::new(), String::new(), adjusted(adjustment)]
        }
        Step::Hours(stretch) => hour_cells(stretch),
        Step::Days(run) => {
            let days = if run.from == run.through {
                view::with_weekday(run.from)
            } else {
                format!("{} 至 {}", view::with_weekday(run.from), view::with_weekday(run.through))
            };
            [days, run.days.to_string(), numbers(run, counts), reason(run)]
        }
    }
}

/// `2026-10-01 周四 22:30 至 24:00`, `1小时30分`, why.
fn hour_cells(DayHours { from, until, kind }: &DayHours) -> [String; 4] {
    let day = view::with_weekday(from.today());
    let end = match until.local().strftime("%H:%M").to_string() {
        midnight if until.today() > from.today() => midnight.replace("00:00", "24:00"),
        end => end,
    };
    let minutes = until.since(*from).as_mins();
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let counted =
        if minutes == 0 { format!("{hours}小时") } else { format!("{hours}小时{minutes}分") };
    let days = format!("{day} {} 至 {end}", from.local().strftime("%H:%M"));
    [days, String::new(), counted, format!("计入：{}", kind_in_chinese(kind, false))]
}

fn numbers(run: &DayRange, counts: Direction) -> String {
    let word = match counts {
        Direction::After => "第",
        Direction::Before => "前",
    };
    match run.numbers {
        None => String::new(),
        Some((first, last)) if first == last => format!("{word}{}日", first.abs()),
        Some((first, last)) => format!("{word}{}—{}日", first.abs(), last.abs()),
    }
}

fn reason(run: &DayRange) -> String {
    let fate = match run.role {
        DayRole::DayZero => "第0日，不计入",
        DayRole::Counted => "计入",
        DayRole::Skipped => "不计",
        DayRole::Suspended => "中止，不计",
        DayRole::Dropped => "已过，因重新起算不计",
        DayRole::RolledOver => "休息日，移过",
        DayRole::Due => "到期日",
        DayRole::ActBy => "应办日",
    };
    let kind = run.kind.as_ref().map(|kind| kind_in_chinese(kind, run.assumed)).unwrap_or_default();
    if kind.is_empty() { fate.to_owned() } else { format!("{fate}：{kind}") }
}

/// What kind of day it is, and by which paper; assumed beyond the horizon.
fn kind_in_chinese(kind: &DayKind, assumed: bool) -> String {
    match kind {
        DayKind::Weekday if assumed => "工作日（推定）".to_owned(),
        DayKind::Weekday => "工作日".to_owned(),
        DayKind::Weekend if assumed => "周末（推定）".to_owned(),
        DayKind::Weekend => "周末".to_owned(),
        DayKind::Holiday(day) => format!("{}放假，{}", day.name, day.paper),
        DayKind::MakeUp(day) => format!("{}调休上班，{}", day.name, day.paper),
    }
}

fn adjusted(adjustment: &Adjustment) -> String {
    let what = match adjustment.change {
        Change::Extend(by) => format!("延期{}", by.say(Lang::Zh)),
        Change::Suspend => "中止".to_owned(),
        Change::Resume => "恢复".to_owned(),
        Change::Restart => "重新起算".to_owned(),
    };
    let because: Vec<&str> = [adjustment.ground.as_deref(), Some(adjustment.reason.as_str())]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    if because.is_empty() { what } else { format!("{what}：{}", because.join("，")) }
}

fn term_in_chinese(term: &Term, counts: Direction) -> String {
    match (term, counts) {
        (Term::Within(period), Direction::After) => format!("{}内", period.say(Lang::Zh)),
        (Term::Within(period), Direction::Before) => format!("{}前", period.say(Lang::Zh)),
        (Term::AtLeast(period), _) => format!("不少于{}", period.say(Lang::Zh)),
        (Term::By(date), _) => format!("{date}前（含当日）"),
        (Term::Window { from, through }, _) => format!("{from}至{through}"),
        (Term::Undated, _) => "没有日期".to_owned(),
        (Term::Every(_) | Term::Times(_), _) => term.to_string(),
    }
}

//! How a date was worked out, for people: the facts, and each range of days with its reason. Fit for the files of a review.
//!
//! Must not know: which command asks.

use super::dates::{day, minute, span, with_weekday};
use super::entries::corrected;
use super::explanation::{LegalBasis, RuleInForce, notices, total};
use super::methods::methods;
use super::table::{Heading, Shape, table};
use crate::domain::calendar::DayKind;
use crate::domain::deadline::{Adjustment, Anchor, Change, ClockState, Deadline, Direction};
use crate::domain::explanation::{DayHours, DayRange, DayRole, Explanation, Step};
use crate::domain::term::{Period, Term};
use crate::words;
use crate::words::{Lang, Say as _};
use crate::workflows::explain::Explained;

/// A fact with its name.
pub type Fact = (&'static str, String);

/// Term, trigger, rule, dates, methods and calendar of an explanation.
pub fn facts(explanation: &Explanation, basis: LegalBasis<'_>, lang: Lang) -> Vec<Fact> {
    let Explanation { term, counts, certain_through, .. } = explanation;
    let mut facts = vec![(lang.pick("期限", "Term"), term_and_direction(term, *counts, lang))];
    facts.extend(sum(explanation, lang));
    facts.extend(explanation.trigger.map(|trigger| trigger_fact(trigger, term, *counts, lang)));
    if let Some(RuleInForce { rule, version }) = basis.rule {
        let since = version.from;
        let name = &rule.name;
        facts.push((
            lang.pick("规则", "Rule"),
            words!(
                lang,
                zh = "{name}（{since}起施行的版本）",
                en = "{name} (version in force since {since})"
            ),
        ));
        facts.push((lang.pick("依据", "Legal basis"), version.say_basis(lang)));
        if !version.note.is_empty() {
            facts.push((lang.pick("规则说明", "Note on the rule"), version.note.clone()));
        }
    }
    facts.extend(outcome(&explanation.clock, lang));
    if explanation.clock.deadline().is_some_and(|deadline| deadline.provisional) {
        let year = certain_through.year() + 1;
        facts.push((
            lang.pick("暂定", "Provisional"),
            words!(
                lang,
                zh = "放假安排只确定到{certain_through}，其后按周一至周五推定；载入{year}年通知后重新计算",
                en = "the calendar is certain through {certain_through}; later days are assumed to be worked from Monday to \
                      Friday until the notice for {year} is imported",
            ),
        ));
    }
    let method = lang.pick("算法", "Counting");
    facts.extend(methods(explanation, basis.counting, lang).into_iter().map(|text| (method, text)));
    facts.push((
        lang.pick("日历", "Calendar"),
        words!(lang, zh = "确定至{certain_through}", en = "certain through {certain_through}"),
    ));
    facts.extend(
        notices(explanation).into_iter().map(|paper| (lang.pick("放假通知", "Notice"), paper)),
    );
    facts
}

/// 20个工作日＋20个工作日＝40个工作日.
fn sum(explanation: &Explanation, lang: Lang) -> Option<Fact> {
    let (Term::Within(period) | Term::AtLeast(period)) = explanation.term else { return None };
    let total = total(explanation)?;
    let by = Period { amount: total.amount.saturating_sub(period.amount), unit: period.unit };
    let [period, by, total] = [period, by, total].map(|period| period.say(lang));
    let sum = words!(lang, zh = "{period}＋延期{by}＝{total}", en = "{period} + {by} = {total}");
    Some((lang.pick("期限合计", "Extended"), sum))
}

/// Whose calendar was used, and what has changed since the date was worked out.
pub fn changes_since(explained: &Explained, lang: Lang) -> Vec<Fact> {
    let mut facts = Vec::new();
    let Explained { obligation, explanation, unit, calendar_in_force, rule_in_force, .. } =
        explained;
    if obligation.inputs.internal {
        facts.push((
            lang.pick("内部目标", "Internal target"),
            lang.pick(
                "本单位自定，文件未规定期限",
                "set by the office; the document gives no date",
            )
            .to_owned(),
        ));
    }
    facts.extend(
        corrected(&explained.corrected, &explained.directory)
            .iter()
            .map(|entry| (lang.pick("更正", "Corrected"), entry.say(lang).to_owned())),
    );
    if let Some(unit) = unit {
        facts.push((
            lang.pick("日历单位", "Unit calendar"),
            words!(
                lang,
                zh = "{unit}（该单位有自己的休息日和工作日）",
                en = "{unit} (this unit has rest days and working days of its own)",
            ),
        ));
    }
    if *calendar_in_force != explanation.calendar_version {
        facts.push((
            lang.pick("日历变动", "Calendar changed"),
            lang.pick(
                "算定后日历有变动，加 --calendar current 按现行日历说明",
                "the calendar has changed since; --calendar current explains with the one in force",
            )
            .to_owned(),
        ));
    }
    if obligation
        .basis
        .rule_version
        .as_ref()
        .is_some_and(|used| Some(used) != rule_in_force.as_ref())
    {
        facts.push((
            lang.pick("规则变动", "Rule changed"),
            lang.pick("算定后规则有变动", "the rule has changed since").to_owned(),
        ));
    }
    if let Some(kept) = obligation.deadline.filter(|_| !explained.agrees_with_ledger()) {
        let due = with_weekday(kept.due, lang);
        facts.push((
            lang.pick("台账所载", "In the ledger"),
            words!(
                lang,
                zh = "到期日{due}，与上述结果不同",
                en = "due {due}, which differs from the result above"
            ),
        ));
    }
    facts
}

/// Each range of days with its count and its reason; empty without steps.
pub fn steps(
    explanation: &Explanation,
    basis: LegalBasis<'_>,
    lang: Lang,
    width: Option<usize>,
) -> String {
    if explanation.steps.is_empty() {
        return String::new();
    }
    let heading = |zh: &str, en: &str, shape| Heading {
        header: lang.pick(zh, en).to_owned(),
        shape,
        rank: 0,
    };
    let shapes = [Shape::Whole, Shape::Number, Shape::Whole, Shape::Text];
    let headings: Vec<Heading> =
        STEP_HEADINGS.iter().zip(shapes).map(|((zh, en), shape)| heading(zh, en, shape)).collect();
    table(&headings, &step_rows(explanation, basis, lang), width)
}

/// What stands above the columns of [`step_rows`].
pub(super) const STEP_HEADINGS: [(&str, &str); 4] =
    [("日期", "Days"), ("天数", "Number"), ("计数", "Count"), ("说明", "Reason")];

/// Each range of days: the days, how many, their number in the count, the reason.
pub(super) fn step_rows(
    explanation: &Explanation,
    basis: LegalBasis<'_>,
    lang: Lang,
) -> Vec<Vec<String>> {
    let cells = |step| step_cells(step, explanation.counts, basis, lang).to_vec();
    explanation.steps.iter().map(cells).collect()
}

fn trigger_fact(trigger: Anchor, term: &Term, counts: Direction, lang: Lang) -> Fact {
    match trigger {
        Anchor::Instant(moment) => (lang.pick("起算时刻", "Trigger"), minute(moment)),
        Anchor::Day(on) => {
            let name = match (term, counts) {
                (Term::Every(_) | Term::Times(_), _) => lang.pick("周期首日", "Period begins"),
                (_, Direction::Before) => lang.pick("事件日", "Event"),
                (_, Direction::After) => lang.pick("起算日", "Trigger"),
            };
            (name, with_weekday(on, lang))
        }
    }
}

fn outcome(clock: &ClockState, lang: Lang) -> Vec<Fact> {
    let due = lang.pick("到期日", "Due");
    match clock {
        ClockState::Undated => vec![(due, lang.pick("没有日期", "no date").to_owned())],
        ClockState::Waiting => {
            let text = lang.pick("起算日未知，尚无到期日", "the trigger is not known yet");
            vec![(due, text.to_owned())]
        }
        ClockState::Suspended { since, not_before } => {
            let earliest = with_weekday(not_before.due, lang);
            vec![(
                due,
                words!(
                    lang,
                    zh = "自{since}起中止，不早于{earliest}",
                    en = "suspended since {since}, not before {earliest}",
                ),
            )]
        }
        ClockState::Running(deadline) => dates(deadline, lang),
    }
}

fn dates(deadline: &Deadline, lang: Lang) -> Vec<Fact> {
    let mut facts = vec![(lang.pick("到期日", "Due"), with_weekday(deadline.due, lang))];
    facts.extend(deadline.due_at.map(|at| (lang.pick("到期时刻", "Due at"), minute(at))));
    facts.push((lang.pick("应办日", "Act by"), with_weekday(deadline.act_by, lang)));
    let earliest = day(deadline.earliest, lang);
    facts.push((lang.pick("最早结束", "Earliest end"), earliest));
    facts
}

fn step_cells(step: &Step, counts: Direction, basis: LegalBasis<'_>, lang: Lang) -> [String; 4] {
    match step {
        Step::Adjusted(adjustment) => {
            let on = with_weekday(adjustment.on, lang);
            let what = adjusted(adjustment, lang);
            let article = basis.version().and_then(|version| version.basis_of(adjustment));
            let reason = match article {
                Some(article) => {
                    words!(lang, zh = "{what}（{article}）", en = "{what} ({article})")
                }
                None => what,
            };
            [on, String::new(), String::new(), reason]
        }
        Step::Hours(hours) => hour_cells(hours, lang),
        Step::Days(range) => [
            span(range.from, range.through, lang),
            range.days.to_string(),
            numbers(range, counts, lang),
            reason(range, lang),
        ],
    }
}

/// `2026-10-01 周四 22:30 至 24:00`, `1小时30分`, why.
fn hour_cells(DayHours { from, until, kind }: &DayHours, lang: Lang) -> [String; 4] {
    let day = with_weekday(from.today(), lang);
    let begin = from.local().strftime("%H:%M");
    let end = match until.local().strftime("%H:%M").to_string() {
        midnight if until.today() > from.today() => midnight.replace("00:00", "24:00"),
        end => end,
    };
    let minutes = until.since(*from).as_mins();
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let counted = match minutes {
        0 => words!(lang, zh = "{hours}小时", en = "{hours} h"),
        _ => words!(lang, zh = "{hours}小时{minutes}分", en = "{hours} h {minutes} min"),
    };
    let kind = kind_of_day(kind, false, lang);
    let days = words!(lang, zh = "{day} {begin} 至 {end}", en = "{day} {begin} to {end}");
    [days, String::new(), counted, words!(lang, zh = "计入：{kind}", en = "counted: {kind}")]
}

fn numbers(range: &DayRange, counts: Direction, lang: Lang) -> String {
    let Some((first, last)) = range.numbers.map(|(first, last)| (first.abs(), last.abs())) else {
        return String::new();
    };
    let numbers = if first == last { first.to_string() } else { format!("{first}—{last}") };
    match counts {
        Direction::After => words!(lang, zh = "第{numbers}日", en = "day {numbers}"),
        Direction::Before => words!(lang, zh = "前{numbers}日", en = "day -{numbers}"),
    }
}

fn reason(range: &DayRange, lang: Lang) -> String {
    let role = match range.role {
        DayRole::DayZero => lang.pick("第0日，不计入", "day 0, not counted"),
        DayRole::Counted => lang.pick("计入", "counted"),
        DayRole::Skipped => lang.pick("不计", "not counted"),
        DayRole::Suspended => lang.pick("中止，不计", "suspended, not counted"),
        DayRole::Dropped => lang.pick("已过，因重新起算不计", "elapsed, dropped by the restart"),
        DayRole::RolledOver => lang.pick("休息日，跳过", "rest day, passed over"),
        DayRole::Due => lang.pick("到期日", "due date"),
        DayRole::ActBy => lang.pick("应办日", "act-by date"),
    };
    let Some(kind) = &range.kind else { return role.to_owned() };
    let kind = kind_of_day(kind, range.assumed, lang);
    words!(lang, zh = "{role}：{kind}", en = "{role}: {kind}")
}

/// What kind of day it is, and by which notice; `assumed` beyond the horizon.
fn kind_of_day(kind: &DayKind, assumed: bool, lang: Lang) -> String {
    let mark = if assumed { lang.pick("（推定）", " (assumed)") } else { "" };
    match kind {
        DayKind::Weekday => words!(lang, zh = "工作日{mark}", en = "working day{mark}"),
        DayKind::Weekend => words!(lang, zh = "周末{mark}", en = "weekend{mark}"),
        DayKind::Holiday(day) => {
            words!(
                lang,
                zh = "{name}放假，{paper}",
                en = "holiday {name}, {paper}",
                name = day.name,
                paper = day.paper
            )
        }
        DayKind::MakeUp(day) => {
            words!(
                lang,
                zh = "{name}调休上班，{paper}",
                en = "make-up day for {name}, {paper}",
                name = day.name,
                paper = day.paper
            )
        }
    }
}

/// `延期20个工作日：法制机构批准`.
pub fn adjusted(adjustment: &Adjustment, lang: Lang) -> String {
    let what = match adjustment.change {
        Change::Extend(by) => {
            words!(lang, zh = "延期{by}", en = "extended by {by}", by = by.say(lang))
        }
        Change::Suspend => lang.pick("中止", "suspended").to_owned(),
        Change::Resume => lang.pick("恢复", "resumed").to_owned(),
        Change::Restart => lang.pick("重新起算", "restarted").to_owned(),
    };
    let ground = adjustment.ground.as_deref().unwrap_or_default();
    let because: Vec<&str> =
        [ground, &adjustment.reason].into_iter().filter(|text| !text.is_empty()).collect();
    if because.is_empty() {
        return what;
    }
    let because = because.join(lang.pick("，", ", "));
    words!(lang, zh = "{what}：{because}", en = "{what}: {because}")
}

fn term_and_direction(term: &Term, counts: Direction, lang: Lang) -> String {
    match (term, counts) {
        (Term::Within(period), Direction::Before) => {
            words!(lang, zh = "{period}前", en = "{period} before", period = period.say(lang))
        }
        _ => term.say(lang),
    }
}

//! Tells deadlines from look-alikes in running text by the words on both sides.
//!
//! Document numbers, signature dates, periods of data, effective dates, eligibility terms and target service times
//! are no deadlines. Must not know: tables, units, sentences before this one.

use std::sync::LazyLock;

use crate::domain::term::{PeriodUnit, Recurrence};

use super::numeral::is_numeral;
use super::period::MARKS;
use super::phrase::{Closing, DateSpan, Phrase, Precision};

/// An expression and the text on both sides, within its sentence.
#[derive(Clone, Copy, Debug)]
pub(super) struct MatchContext<'a> {
    pub(super) before: &'a str,
    pub(super) matched: &'a str,
    pub(super) after: &'a str,
}

/// Words before an amount of time for which something must stand in public.
pub(super) static PUBLICATIONS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("PUBLICATIONS"));

/// Words right before a day that is a deadline whatever follows it.
static STRONG_LEADS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("STRONG_LEADS"));

/// Words after a bare year in which something is done.
static ACTIONS_IN_A_YEAR: LazyLock<Vec<&str>> = LazyLock::new(|| listed("ACTIONS_IN_A_YEAR"));

/// What is done by a day that carries no 前.
static ACTIONS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("ACTIONS"));
/// The same for a bare day, which is more often the day of a past event.
static ACTIONS_ON_A_DAY: LazyLock<Vec<&str>> = LazyLock::new(|| listed("ACTIONS_ON_A_DAY"));
/// The same for a bare month.
static ACTIONS_IN_A_MONTH: LazyLock<Vec<&str>> = LazyLock::new(|| listed("ACTIONS_IN_A_MONTH"));
/// Words that lead to a deadline.
static LEADS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("LEADS"));

/// Words before the day on which something ceases to be valid.
static ENDS_OF_VALIDITY: LazyLock<Vec<&str>> = LazyLock::new(|| listed("ENDS_OF_VALIDITY"));

/// Words after a day on which something begins, or after a number that is no day.
static BEGINNINGS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("BEGINNINGS"));

/// Verbs that tell which documents or persons are meant: 2023年12月31日前印发的文件.
static PAST_ACTS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("PAST_ACTS"));

/// Words after a period for which data are given.
static DATA: LazyLock<Vec<&str>> = LazyLock::new(|| listed("DATA"));

/// Words after a period in which somebody or something began to be.
static BEGINNINGS_OF_STATES: LazyLock<Vec<&str>> = LazyLock::new(|| listed("BEGINNINGS_OF_STATES"));

/// Words of figures that a clause gives for a period.
static FIGURES: LazyLock<Vec<&str>> = LazyLock::new(|| listed("FIGURES"));

/// Words before an amount of time that is no term: a past period, a target, a validity.
static NO_TERMS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("NO_TERMS"));

/// Words before a minimum that a person or a record must reach.
static LENGTHS_OF_SERVICE: LazyLock<Vec<&str>> = LazyLock::new(|| listed("LENGTHS_OF_SERVICE"));

/// Words after 每月 or 每天 that tell of rates, plans or opening hours.
static RATES_AND_HOURS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("RATES_AND_HOURS"));

/// Words before a year or a day that lies in the past or ends a validity.
static PAST_OR_VALID: LazyLock<Vec<&str>> = LazyLock::new(|| listed("PAST_OR_VALID"));

/// Characters before 年内 that make it an amount: 近年内.
static VAGUE_AMOUNTS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("VAGUE_AMOUNTS"));

/// Verbs that end in 到 and name no goal.
static VERBS_IN_DAO: LazyLock<Vec<&str>> = LazyLock::new(|| listed("VERBS_IN_DAO"));

/// Words before a range that lies in the past or is a validity.
static PAST_OR_VALID_SPANS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("PAST_OR_VALID_SPANS"));

/// Words after an amount of time that is a condition or another word (内容).
static CONDITIONS: LazyLock<Vec<&str>> = LazyLock::new(|| listed("CONDITIONS"));

/// What a rate is counted by: 每人每月.
static PER_UNIT: LazyLock<Vec<&str>> = LazyLock::new(|| listed("PER_UNIT"));

/// True when `phrase` sets a time limit, or names a label, where it stands.
pub(super) fn sets_a_limit(phrase: &Phrase, around: MatchContext<'_>) -> bool {
    match phrase {
        Phrase::Span(span, closing) => is_deadline(*span, *closing, around),
        Phrase::Range(from, through) => is_working_window(*from, *through, around),
        Phrase::Within(period, closing) => is_term(period.unit, *closing, around),
        Phrase::AtLeast(period) => is_minimum(period.unit, around),
        Phrase::Every(recurrence) => is_duty_that_returns(*recurrence, around),
        Phrase::Times(quota) => {
            let is_periodic = around.matched.starts_with(['每', '至', '上']);
            !around.matched.contains('第')
                && (quota.at_least || is_periodic)
                && !ends_with_any(around.before, &["人", "户"])
        }
        Phrase::Label => is_label(around),
    }
}

fn is_deadline(span: DateSpan, closing: Closing, around: MatchContext<'_>) -> bool {
    let MatchContext { before, after, .. } = around;
    let is_strong = ends_with_any(before, &STRONG_LEADS);
    if closing != Closing::Before && ends_with_any(before, &ENDS_OF_VALIDITY) && !is_strong {
        return false;
    }
    if is_strong && matches!(span.precision, Precision::Day | Precision::End | Precision::Month) {
        return true;
    }
    // 年终总结
    if starts_with_any(after, &["总结", "考核", "奖", "决算"]) && span.precision == Precision::End
    {
        return closing == Closing::Before;
    }
    let is_beginning = match closing {
        Closing::Before => after.starts_with('后'),
        Closing::Within | Closing::Open => starts_with_any(after, &BEGINNINGS),
    };
    if is_beginning || ends_with_any(before, &PAST_OR_VALID) {
        return false;
    }
    let is_led = ends_with_any(before, &LEADS);
    match (closing, span.precision) {
        // 2022年前三季度 is a period of data
        (Closing::Before, _) => !after.starts_with(is_counting) && !tells_of_the_past(after),
        (
            Closing::Within,
            Precision::Month | Precision::Part | Precision::Rest | Precision::Year | Precision::End,
        ) => !before.ends_with(is_counting) && !ends_with_any(before, &VAGUE_AMOUNTS),
        (Closing::Within | Closing::Open, Precision::Day) => {
            starts_with_any(after, &ACTIONS_ON_A_DAY)
                || is_led && starts_with_any(after, &ACTIONS) && !tells_of_an_event(before, after)
        }
        (Closing::Within | Closing::Open, Precision::EarlyMonth) => {
            is_led || starts_with_any(after, &ACTIONS)
        }
        (Closing::Open, Precision::End) => {
            is_led || ends_with_any(before, &["到", "至"]) || starts_with_any(after, &ACTIONS)
        }
        (Closing::Open, Precision::Month) => starts_with_any(after, &ACTIONS_IN_A_MONTH),
        (Closing::Open, Precision::Part | Precision::Rest) => {
            !before.ends_with(['前', '每']) && (is_led || starts_with_any(after, &ACTIONS))
        }
        (Closing::Open, Precision::Year) => is_goal(around) || is_year_of_work(around),
    }
}

/// 会议于3月5日召开 tells of an event; 拟于3月5日召开 announces one.
fn tells_of_an_event(before: &str, after: &str) -> bool {
    const ANNOUNCEMENTS: &[&str] =
        &["将于", "拟于", "定于", "计划于", "请于", "应于", "须于", "需于", "要在", "将在"];
    starts_with_any(after, &["召开", "举办", "组织", "开展", "进行", "对", "向"])
        && !ends_with_any(before, ANNOUNCEMENTS)
}

/// 2023年12月31日前印发的文件 tells which ones, not by when.
fn tells_of_the_past(after: &str) -> bool {
    let clause = after.split([',', '。', ';', '\n']).next().unwrap_or(after);
    clause.split_once('的').is_some_and(|(verb, _)| ends_with_any(verb, &PAST_ACTS))
}

/// 到2025年, …: a goal; 达到, 得到, 收到 end in the same character.
pub(super) fn is_goal(around: MatchContext<'_>) -> bool {
    around.before.ends_with('到')
        && !ends_with_any(around.before, &VERBS_IN_DAO)
        && around.after.starts_with([',', '、'])
}

/// 2024年全域推行…。: at the beginning of a sentence that says what is done in the year. A title has no end of a sentence.
fn is_year_of_work(around: MatchContext<'_>) -> bool {
    let begins = around
        .before
        .trim_start_matches(|c: char| "0123456789.、()一二三四五六七八九十".contains(c));
    begins.is_empty()
        && starts_with_any(around.after, &ACTIONS_IN_A_YEAR)
        // 2023年全面完成了… reports what was done
        && !around.after.chars().take(10).any(|c| c == '了')
        && around.after.contains(['。', ',', ';'])
}

fn is_working_window(from: DateSpan, through: DateSpan, around: MatchContext<'_>) -> bool {
    !matches!((from.precision, through.precision), (Precision::Year, _) | (_, Precision::Year))
        && !ends_with_any(around.before, &PAST_OR_VALID_SPANS)
        && !starts_with_any(around.after, &DATA)
        && !starts_with_any(around.after, &BEGINNINGS_OF_STATES)
        && !tells_of_figures(around.after)
}

/// 1—3月，全市投资增长6.2% gives figures of the past.
fn tells_of_figures(after: &str) -> bool {
    let Some(clause) = after.strip_prefix([',', '，']) else { return false };
    let clause = clause.split(['。', ';', '\n']).next().unwrap_or(clause);
    let near: String = clause.chars().take(40).collect();
    FIGURES.iter().any(|word| near.contains(word))
}

fn is_term(unit: PeriodUnit, closing: Closing, around: MatchContext<'_>) -> bool {
    let MatchContext { before, matched, after } = around;
    if ends_with_any(before, &NO_TERMS) || starts_with_any(after, &CONDITIONS) {
        return false;
    }
    if closing == Closing::Open && ends_with_any(before, &PUBLICATIONS) {
        return true;
    }
    let is_bounded = matched.starts_with(['不', '最']) && unit != PeriodUnit::Year;
    closing == Closing::Within || is_bounded || ends_with_any(before, MARKS)
}

fn is_minimum(unit: PeriodUnit, around: MatchContext<'_>) -> bool {
    matches!(unit, PeriodUnit::WorkingDay | PeriodUnit::CalendarDay | PeriodUnit::Month)
        && !around.matched.ends_with("以上")
        && !ends_with_any(around.before, &LENGTHS_OF_SERVICE)
}

fn is_duty_that_returns(recurrence: Recurrence, around: MatchContext<'_>) -> bool {
    let MatchContext { before, matched, after } = around;
    // 每人每月, 每周一至周五, 逐年提高
    if ends_with_any(before, &PER_UNIT) || matched.starts_with("逐年") {
        return false;
    }
    let names_a_day = match recurrence {
        Recurrence::Daily | Recurrence::WorkingDaily => false,
        Recurrence::Weekly(day) => day.is_some(),
        Recurrence::Monthly { by, .. } => by.is_some(),
    };
    if names_a_day {
        return !starts_with_any(after, &["至", "到", "-", "~", "、周", "元"]);
    }
    !after.starts_with(|c: char| c.is_ascii_digit())
        && !starts_with_any(after, &RATES_AND_HOURS)
        && !names_money(after)
}

fn names_money(after: &str) -> bool {
    let near: String = after.chars().take(10).collect();
    near.find('元').is_some_and(|place| {
        near.get(..place).is_some_and(|amount| amount.contains(|c: char| c.is_ascii_digit()))
    })
}

fn is_label(around: MatchContext<'_>) -> bool {
    let MatchContext { before, matched, after } = around;
    match matched {
        // 以及时机, 及时性, 不及时, 准确及时的
        "及时" => {
            !after.starts_with(['性', '率'])
                && !before.ends_with(['以', '不'])
                && !is_adjective(around)
        }
        "定期" | "适时" => !before.ends_with('不') && !starts_with_any(after, &["存款", "限"]),
        "按时" | "按期" => !before.ends_with('未'),
        "实时" => !starts_with_any(after, &["性", "数据"]),
        _ => true,
    }
}

fn is_adjective(around: MatchContext<'_>) -> bool {
    around.after.starts_with('的') && ends_with_any(around.before, &["准确", "全面", "规范、准确"])
}

fn is_counting(character: char) -> bool {
    character.is_ascii_digit() || is_numeral(character) || "几数半".contains(character)
}

pub(super) fn ends_with_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.ends_with(word))
}

pub(super) fn starts_with_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

/// The words of one list.
fn listed(name: &str) -> Vec<&'static str> {
    let lines = include_str!("match_context.txt").lines().filter_map(|line| line.split_once(' '));
    let words: Vec<&str> = lines
        .filter(|(of, _)| *of == name)
        .flat_map(|(_, words)| words.split_whitespace())
        .collect();
    debug_assert!(!words.is_empty(), "{name}");
    words
}

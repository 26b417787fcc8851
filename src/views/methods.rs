//! The rules by which a date was counted, each with its article or the convention of the office.
//!
//! Must not know: how a date is worked out.

use crate::domain::deadline::{Adjustment, BeforeEdge, Change, Direction, SuspensionEdge};
use crate::domain::explanation::Explanation;
use crate::domain::rule::CountingLaw;
use crate::domain::term::{PeriodUnit, Term};
use crate::words;
use crate::words::Lang;

/// The rules of counting behind this date, the first applied first; `law` is the one in force on the day of the trigger.
pub(super) fn methods(
    explanation: &Explanation,
    law: Option<&CountingLaw>,
    lang: Lang,
) -> Vec<String> {
    let (Term::Within(period) | Term::AtLeast(period)) = &explanation.term else {
        let fixed = lang.pick(
            "固定日期不因休息日顺延，应办日为该日或者之前最近的工作日",
            "a fixed date does not move; the act-by date is the working day on or before it",
        );
        return vec![fixed.to_owned()];
    };
    if explanation.counts == Direction::Before {
        return vec![backwards(explanation.conventions.before, lang)];
    }
    let mut methods: Vec<String> =
        forwards(period.unit).iter().map(|method| said(method, law, lang)).collect();
    let is_suspension = |adjustment: &Adjustment| adjustment.change == Change::Suspend;
    if explanation.adjustments.iter().any(is_suspension) {
        methods.push(suspension(explanation.conventions.suspension, lang));
    }
    methods
}

/// A method in both languages, and where a law on counting prescribes it.
struct Method {
    words: (&'static str, &'static str),
    article: fn(&CountingLaw) -> Option<&str>,
}

/// 起算的当日不计入，自下一日开始计算（民法典第二百零一条）.
fn said(method: &Method, law: Option<&CountingLaw>, lang: Lang) -> String {
    let (zh, en) = method.words;
    let words = lang.pick(zh, en);
    let cited = law.and_then(|law| (method.article)(law).map(|article| law.cited(article)));
    match cited {
        Some(article) => words!(lang, zh = "{words}（{article}）", en = "{words} ({article})"),
        None => words.to_owned(),
    }
}

const DAY_ZERO: Method = Method {
    words: (
        "起算的当日不计入，自下一日开始计算",
        "the day of the trigger is not counted; the count begins on the next day",
    ),
    article: |law| Some(&law.start),
};
const ROLL: Method = Method {
    words: (
        "末日是休息日的，以休息日结束的次日为末日",
        "a last day that is a rest day moves to the day after the rest days",
    ),
    article: |law| Some(&law.end),
};
const WORKING_DAYS: Method = Method {
    words: (
        "只计工作日，调休上班日是工作日，放假日不是",
        "only working days are counted; make-up days are working days, holidays are not",
    ),
    article: |_| None,
};
const CALENDAR_DAYS: Method = Method {
    words: ("中间的休息日不扣除", "rest days within the period are counted"),
    article: |_| None,
};
const MONTHS: Method = Method {
    words: (
        "以末月的对应日为末日，没有对应日的以月末为末日",
        "the last day has the same number in the last month, or is its last day",
    ),
    article: |law| law.months.as_deref(),
};
const HOURS: Method = Method {
    words: (
        "自起算时刻连续计算，夜间与休息日不扣除",
        "hours run without a break from the trigger; nights and rest days are counted",
    ),
    article: |law| Some(&law.hours),
};

fn forwards(unit: PeriodUnit) -> &'static [Method] {
    match unit {
        PeriodUnit::WorkingDay => &[DAY_ZERO, WORKING_DAYS],
        PeriodUnit::CalendarDay => &[DAY_ZERO, CALENDAR_DAYS, ROLL],
        PeriodUnit::Month | PeriodUnit::Year => &[DAY_ZERO, MONTHS, ROLL],
        PeriodUnit::Hour => &[HOURS],
    }
}

fn backwards(convention: BeforeEdge, lang: Lang) -> String {
    let method = match convention {
        BeforeEdge::EventIsDayZero => lang.pick(
            "事件当日为第0日，向前计算，遇休息日再向前",
            "the event is day 0; the count runs backwards, and on from a rest day",
        ),
        BeforeEdge::FullDaysBetween => lang.pick(
            "与事件当日之间隔满所定日数，向前计算，遇休息日再向前",
            "the full number of days lies between it and the event; the count runs backwards, and on from a rest day",
        ),
    };
    words!(
        lang,
        zh = "{method}（法无明文，按本单位口径）",
        en = "{method} (no law says so: convention of the office)",
    )
}

/// How the days of a suspension are counted.
fn suspension(convention: SuspensionEdge, lang: Lang) -> String {
    let method = match convention {
        SuspensionEdge::FirstDayCounts => {
            lang.pick("中止当日仍计入", "the day on which the clock stops is counted")
        }
        SuspensionEdge::FirstDayPaused => {
            lang.pick("中止当日不计入", "the day on which the clock stops is not counted")
        }
    };
    words!(
        lang,
        zh = "{method}，次日起至恢复当日不计（法无明文，按本单位口径）",
        en = "{method}; later days are not, through the day on which it resumes (no law says so: convention of the office)",
    )
}

//! The rules by which a date was counted, each with its article or the convention of the office.
//!
//! Must not know: how a date is worked out.

use crate::domain::deadline::{Adjustment, BeforeEdge, Change, Direction, SuspensionEdge};
use crate::domain::explanation::Explanation;
use crate::domain::term::{PeriodUnit, Term};
use crate::words;
use crate::words::Lang;

/// The rules of counting behind this date, the first applied first.
pub(super) fn methods(explanation: &Explanation, lang: Lang) -> Vec<String> {
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
        forwards(period.unit).iter().map(|(zh, en)| lang.pick(*zh, *en).to_owned()).collect();
    let is_suspension = |adjustment: &Adjustment| adjustment.change == Change::Suspend;
    if explanation.adjustments.iter().any(is_suspension) {
        methods.push(suspension(explanation.conventions.suspension, lang));
    }
    methods
}

const DAY_ZERO: (&str, &str) = (
    "起算的当日不计入，自下一日开始计算（民法典第二百零一条）",
    "the day of the trigger is not counted; the count begins on the next day (Civil Code art. 201)",
);
const ROLL: (&str, &str) = (
    "末日是休息日的，以休息日结束的次日为末日（民法典第二百零三条）",
    "a last day that is a rest day moves to the day after the rest days (Civil Code art. 203)",
);
const WORKING_DAYS: (&str, &str) = (
    "只计工作日，调休上班日是工作日，放假日不是",
    "only working days are counted; make-up days are working days, holidays are not",
);
const CALENDAR_DAYS: (&str, &str) =
    ("中间的休息日不扣除", "rest days within the period are counted");
const MONTHS: (&str, &str) = (
    "以末月的对应日为末日，没有对应日的以月末为末日（民法典第二百零二条）",
    "the last day has the same number in the last month, or is its last day (Civil Code art. 202)",
);
const HOURS: (&str, &str) = (
    "自起算时刻连续计算，夜间与休息日不扣除（民法典第二百零一条）",
    "hours run without a break from the trigger; nights and rest days are counted (Civil Code art. 201)",
);

fn forwards(unit: PeriodUnit) -> &'static [(&'static str, &'static str)] {
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

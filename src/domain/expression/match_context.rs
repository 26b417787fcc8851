//! Tells deadlines from look-alikes in running text by the words on both sides.
//!
//! Document numbers, signature dates, periods of data, effective dates, eligibility terms and target service times
//! are no deadlines. Must not know: tables, units, sentences before this one.

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
pub(super) const PUBLICATIONS: &[&str] =
    &["公示", "公示期", "公示期为", "公示时间", "公告", "公开征求意见"];

/// Words right before a day that is a deadline whatever follows it.
const STRONG_LEADS: &[&str] = &[
    "最迟",
    "最晚",
    "至迟",
    "不晚于",
    "不迟于",
    "截止时间:",
    "截止日期:",
    "截止时间为",
    "截止日期为",
    "反馈截止",
    "报名截止",
    "申报截止",
    "报送截止",
    "提交截止",
    "受理截止",
    "征集截止",
    "即日起至",
    "之日起至",
    "时限:",
    "期限:",
];

/// Words after a bare year in which something is done.
const ACTIONS_IN_A_YEAR: &[&str] = &[
    "全域", "全面", "全部", "先行", "率先", "基本", "推行", "实现", "建成", "完成", "启动", "力争",
    "开展", "组织",
];

/// What is done by a day that carries no 前.
const ACTIONS: &[&str] = &[
    ",", "前", "全面", "全部", "基本", "完成", "报送", "上报", "报", "提交", "形成", "建成",
    "上线", "实现", "启动", "组织", "开展", "举办", "制定", "出台", "办结", "公布", "落实", "到位",
    "力争", "确保", "要", "达到", "召开", "向", "将", "对", "总结", "进行", "反馈", "推行",
];
/// The same for a bare day, which is more often the day of a past event.
const ACTIONS_ON_A_DAY: &[&str] = &["完成", "报送", "上报", "提交", "办结", "上线", "到位", "建成"];
/// The same for a bare month.
const ACTIONS_IN_A_MONTH: &[&str] = &[
    "完成", "报送", "上报", "提交", "形成", "建成", "上线", "实现", "启动", "组织", "开展", "举办",
    "制定", "出台", "办结", "全面", "全部", "竣工", "开工", "完工", "验收", "投用", "投产", "通车",
    "交付", "印发", "评估", "检查", "总结",
];
/// Words that lead to a deadline.
const LEADS: &[&str] = &["于", "在", "力争", "确保", "争取", "最迟", "至迟", "不晚于", "不迟于"];

/// Words before the day on which something ceases to be valid.
const ENDS_OF_VALIDITY: &[&str] = &[
    "有效期至",
    "有效期到",
    "有效期截至",
    "试行期至",
    "延续至",
    "上年",
    "上一年",
    "上年度",
    "上一年度",
    "去年",
    "截至",
    "截止",
];

/// Words after a day on which something begins, or after a number that is no day.
const BEGINNINGS: &[&str] = &[
    "起", "施行", "废止", "失效", "后", "以来", "以后", "之后", "第", "容", "生效", "印发", "修订",
    "报告", "报表", "报道",
];

/// Verbs that tell which documents or persons are meant: 2023年12月31日前印发的文件.
const PAST_ACTS: &[&str] = &[
    "印发", "制发", "制定", "出台", "成立", "登记", "注册", "取得", "形成", "生效", "立案", "受理",
    "开工", "出生", "发布", "公布", "颁布", "施行", "签订", "建成", "竣工", "参保", "投用", "入学",
    "退休",
];

/// Words after a period for which data are given.
const DATA: &[&str] =
    &["数据", "情况", "的", "累计", "同比", "同期", "期间发生", "统计", "合计", "规划"];

/// Words before an amount of time that is no term: a past period, a target, a validity.
const NO_TERMS: &[&str] = &[
    "近",
    "最近",
    "前",
    "过去",
    "连续",
    "累计",
    "满",
    "压缩至",
    "压缩到",
    "压缩为",
    "缩短至",
    "缩短到",
    "缩短为",
    "缩减至",
    "缩减到",
    "压减至",
    "压减到",
    "控制在",
    "提速至",
    "精简至",
    "由",
    "每",
    "第",
    "不到",
    "有效期",
    "有效期为",
    "任期",
    "聘期",
    "不超过",
    "平均",
    "延长",
    "延长期限",
    "延长的期限",
    "延长时间",
    "延期",
];

/// Words before a minimum that a person or a record must reach.
const LENGTHS_OF_SERVICE: &[&str] =
    &["工作", "从业", "任职", "连续", "累计", "缴费", "居住", "满", "参保", "学习", "保存", "留存"];

/// Words after 每月 or 每天 that tell of rates, plans or opening hours.
const RATES_AND_HOURS: &[&str] = &[
    "计",
    "息",
    "折",
    "均",
    "上午",
    "下午",
    "早",
    "晚",
    "工作时间",
    "每",
    "可",
    "元",
    "的",
    "预算",
    "决算",
    "计划",
    "春节",
    "元旦",
    "国庆",
    "降雨",
    "降水",
    "气温",
    "产量",
    "用水",
    "用电",
];

/// Words before a year or a day that lies in the past or ends a validity.
const PAST_OR_VALID: &[&str] = &["有效期至", "上一年度", "去年"];

/// Characters before 年内 that make it an amount: 近年内.
const VAGUE_AMOUNTS: &[&str] = &["近", "几", "多", "数"];

/// Verbs that end in 到 and name no goal.
const VERBS_IN_DAO: &[&str] = &["达到", "得到", "收到", "接到", "看到", "提到", "直到"];

/// Words before a range that lies in the past or is a validity.
const PAST_OR_VALID_SPANS: &[&str] =
    &["上年", "上一年度", "上年度", "去年", "上一年", "有效期自", "有效期为"];

/// Words after an amount of time that is a condition or another word (内容).
const CONDITIONS: &[&str] = &["容", "累计", "的企业", "无", "不能", "未"];

/// What a rate is counted by: 每人每月.
const PER_UNIT: &[&str] = &["人", "户", "亩", "床"];

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
    let is_strong = ends_with_any(before, STRONG_LEADS);
    if closing != Closing::Before && ends_with_any(before, ENDS_OF_VALIDITY) && !is_strong {
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
        Closing::Within | Closing::Open => starts_with_any(after, BEGINNINGS),
    };
    if is_beginning || ends_with_any(before, PAST_OR_VALID) {
        return false;
    }
    let is_led = ends_with_any(before, LEADS);
    match (closing, span.precision) {
        // 2022年前三季度 is a period of data
        (Closing::Before, _) => !after.starts_with(is_counting) && !tells_of_the_past(after),
        (
            Closing::Within,
            Precision::Month | Precision::Part | Precision::Rest | Precision::Year | Precision::End,
        ) => !before.ends_with(is_counting) && !ends_with_any(before, VAGUE_AMOUNTS),
        (Closing::Within | Closing::Open, Precision::Day) => {
            starts_with_any(after, ACTIONS_ON_A_DAY)
                || is_led && starts_with_any(after, ACTIONS) && !tells_of_an_event(before, after)
        }
        (Closing::Within | Closing::Open, Precision::EarlyMonth) => {
            is_led || starts_with_any(after, ACTIONS)
        }
        (Closing::Open, Precision::End) => {
            is_led || ends_with_any(before, &["到", "至"]) || starts_with_any(after, ACTIONS)
        }
        (Closing::Open, Precision::Month) => starts_with_any(after, ACTIONS_IN_A_MONTH),
        (Closing::Open, Precision::Part | Precision::Rest) => {
            !before.ends_with(['前', '每']) && (is_led || starts_with_any(after, ACTIONS))
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
    clause.split_once('的').is_some_and(|(verb, _)| ends_with_any(verb, PAST_ACTS))
}

/// 到2025年, …: a goal; 达到, 得到, 收到 end in the same character.
pub(super) fn is_goal(around: MatchContext<'_>) -> bool {
    around.before.ends_with('到')
        && !ends_with_any(around.before, VERBS_IN_DAO)
        && around.after.starts_with([',', '、'])
}

/// 2024年全域推行…。: at the beginning of a sentence that says what is done in the year. A title has no end of a sentence.
fn is_year_of_work(around: MatchContext<'_>) -> bool {
    let begins = around
        .before
        .trim_start_matches(|c: char| "0123456789.、()一二三四五六七八九十".contains(c));
    begins.is_empty()
        && starts_with_any(around.after, ACTIONS_IN_A_YEAR)
        // 2023年全面完成了… reports what was done
        && !around.after.chars().take(10).any(|c| c == '了')
        && around.after.contains(['。', ',', ';'])
}

fn is_working_window(from: DateSpan, through: DateSpan, around: MatchContext<'_>) -> bool {
    !matches!((from.precision, through.precision), (Precision::Year, _) | (_, Precision::Year))
        && !ends_with_any(around.before, PAST_OR_VALID_SPANS)
        && !starts_with_any(around.after, DATA)
        && !starts_with_any(around.after, &["出生", "成立", "入学", "毕业", "注册", "登记"])
}

fn is_term(unit: PeriodUnit, closing: Closing, around: MatchContext<'_>) -> bool {
    let MatchContext { before, matched, after } = around;
    if ends_with_any(before, NO_TERMS) || starts_with_any(after, CONDITIONS) {
        return false;
    }
    if closing == Closing::Open && ends_with_any(before, PUBLICATIONS) {
        return true;
    }
    let is_bounded = matched.starts_with(['不', '最']) && unit != PeriodUnit::Year;
    closing == Closing::Within || is_bounded || ends_with_any(before, MARKS)
}

fn is_minimum(unit: PeriodUnit, around: MatchContext<'_>) -> bool {
    matches!(unit, PeriodUnit::WorkingDay | PeriodUnit::CalendarDay | PeriodUnit::Month)
        && !around.matched.ends_with("以上")
        && !ends_with_any(around.before, LENGTHS_OF_SERVICE)
}

fn is_duty_that_returns(recurrence: Recurrence, around: MatchContext<'_>) -> bool {
    let MatchContext { before, matched, after } = around;
    // 每人每月, 每周一至周五, 逐年提高
    if ends_with_any(before, PER_UNIT) || matched.starts_with("逐年") {
        return false;
    }
    let names_a_day = match recurrence {
        Recurrence::Daily => false,
        Recurrence::Weekly(day) => day.is_some(),
        Recurrence::Monthly { by, .. } => by.is_some(),
    };
    if names_a_day {
        return !starts_with_any(after, &["至", "到", "-", "~", "、周", "元"]);
    }
    !after.starts_with(|c: char| c.is_ascii_digit())
        && !starts_with_any(after, RATES_AND_HOURS)
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

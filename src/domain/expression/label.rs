//! Words about time that name no date: 及时, 定期, 持续推进.
//!
//! Must not know: what a reader does with them.

use winnow::Parser as _;
use winnow::combinator::{alt, opt};

use super::phrase::Phrase;
use super::tokens::{Input, ParseResult, one_of};

/// Labels wherever they stand in running text; longer words before their own beginnings.
const LABELS: &[&str] = &[
    "主汛期前",
    "汛期前",
    "汛前",
    "国庆节前",
    "国庆前",
    "春节前",
    "元旦前",
    "五一前",
    "立行立改",
    "即知即改",
    "边查边改",
    "每旬",
    "逐旬",
    "按旬",
    "隔周",
    "双周",
    "每两周",
    "按照规定时限",
    "按规定时限",
    "按照规定时间",
    "按规定时间",
    "法定时限",
    "长期坚持",
    "持续推进",
    "持续开展",
    "动态更新",
    "动态调整",
    "动态公开",
    "不定期",
    "定期",
    "及时",
    "实时",
    "即时",
    "适时",
    "随时",
    "立即",
    "抓紧",
    "尽快",
    "尽早",
    "按时",
    "按期",
];

/// Labels only where they are the whole expression; longer words before their own beginnings.
const LABELS_ALONE: &[&str] = &[
    "按法定时限",
    "按有关规定",
    "按要求",
    "按规定",
    "长期推进",
    "长期",
    "持续",
    "常态化推进",
    "常态化开展",
    "常态化",
    "当场",
    "逐步",
    "分批次",
    "同步",
    "日常",
    "undated",
];

/// Verbs that may follow a label: 及时公开.
const VERBS: &[&str] = &[
    "完成", "推进", "开展", "坚持", "更新", "公开", "公布", "发布", "报送", "上报", "落实", "实施",
    "进行", "办理", "答复", "组织",
];

/// A label, alone or with its verb.
pub(super) fn label(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let _word = alt((one_of(LABELS), one_of(LABELS_ALONE))).parse_next(input)?;
    let _verb = opt(one_of(VERBS)).parse_next(input)?;
    Ok(Phrase::Label)
}

/// A label in running text.
pub(super) fn in_text(input: &mut Input<'_>) -> ParseResult<Phrase> {
    one_of(LABELS).value(Phrase::Label).parse_next(input)
}

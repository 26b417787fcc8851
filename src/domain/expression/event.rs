//! The event a period in running text runs from: 自…之日起, 在…后, or an earlier 收到…后 of the sentence.
//!
//! Must not know: how long the period is.

use super::period::MARKS;

/// Words that may stand between an event and its period.
const BETWEEN: [char; 3] = [',', '的', '满'];
/// Verbs of events that start a clock, for events that stand in an earlier clause.
const ARRIVALS: &[&str] = &[
    "收到", "接到", "受理", "印发", "下发", "公布", "发布", "批复", "批准", "送达", "形成", "作出",
    "通过", "变更", "签订",
];
/// Longest event, in characters.
const LONGEST: usize = 60;

/// Words that begin with 自 and name no beginning.
const WORDS_IN_ZI: &[&str] = &["自己", "自治", "自身", "自然", "自主", "自行", "自查", "自由"];

/// How many characters of `before` belong to the expression, and the event in words.
///
/// An event right before the period belongs to it; one in an earlier clause is only named.
pub(super) fn event_before(before: &str) -> (usize, Option<String>) {
    let body = before.trim_end_matches(BETWEEN);
    let segment = last_segment(body);
    if let Some(mark) =
        MARKS.iter().find(|mark| segment.len() > mark.len() && segment.ends_with(**mark))
    {
        let event = after_lead(segment);
        let words = event.trim_start_matches(['自', '从', '在', '于']).strip_suffix(mark);
        let length = event.chars().count() + before.chars().count() - body.chars().count();
        if let Some(words) =
            words.filter(|words| !words.is_empty() && event.chars().count() <= LONGEST)
        {
            return (length, Some(words.to_owned()));
        }
    }
    // 在…印发标准指引3个月内: the 后 was left out
    let event = after_lead(last_segment(before));
    if event.starts_with(['在', '自']) && (8..=LONGEST).contains(&event.chars().count()) {
        let words = event.trim_start_matches(['自', '在']).to_owned();
        return (event.chars().count(), Some(words));
    }
    (usize::from(before.ends_with(['在', '于'])), earlier_event(before))
}

/// The text since the last punctuation.
fn last_segment(text: &str) -> &str {
    text.rsplit([',', ';', ':', '(', '。', '"', '“', '：', '；', '，', '\n']).next().unwrap_or(text)
}

/// From 自, 从 or 在 on, when the segment leads to one; else without list numbers and modal verbs.
fn after_lead(segment: &str) -> &str {
    let begins_clause = |place: &usize| {
        let before = segment.get(..*place).unwrap_or_default();
        before.is_empty()
            || before.ends_with(|c: char| c.is_ascii_digit() || ".、要须应当并".contains(c))
    };
    let leads = || segment.match_indices(['自', '从', '在']).map(|(place, _)| place);
    let from = leads().rev().find(begins_clause);
    let from =
        from.or_else(|| segment.rfind('自').filter(|place| !is_inside_a_word(segment, *place)));
    if let Some(event) = from.and_then(|place| segment.get(place..)) {
        return event;
    }
    segment.trim_start_matches(|c: char| c.is_ascii_digit() || ".、并且须应要当必".contains(c))
}

/// 各自, 亲自, 擅自, 自己, 自治县.
fn is_inside_a_word(segment: &str, place: usize) -> bool {
    let before = segment.get(..place).unwrap_or_default();
    let after = segment.get(place..).unwrap_or_default();
    before.ends_with(['各', '亲', '擅', '私', '独'])
        || WORDS_IN_ZI.iter().any(|word| after.starts_with(word))
}

/// 收到政策咨询后，…并在5个工作日内: the event of an earlier clause of the sentence.
fn earlier_event(before: &str) -> Option<String> {
    before.split([',', ';']).find_map(|clause| {
        let clause = clause.strip_suffix('后').or_else(|| clause.strip_suffix("之日起"))?;
        let from = ARRIVALS.iter().filter_map(|verb| clause.rfind(verb)).min()?;
        clause.get(from..).map(str::to_owned)
    })
}

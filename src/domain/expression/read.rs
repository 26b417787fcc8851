//! Reads a text that is one expression of time, one day, one lead time or one event.
//!
//! Must not know: running text (`search`).

use jiff::civil::{Date, Time};
use winnow::Parser as _;
use winnow::combinator::opt;
use winnow::stream::Stateful;

use super::fault::{Expected, ExpressionFault};
use super::normalized_text::NormalizedText;
use super::parsed_term::{ParseContext, ParsedTerm};
use super::phrase::{Closing, Phrase, Precision};
use super::tokens::{FurthestFailure, Input, ParseResult, PhraseParser, one_of};
use super::{date_span, label, period, recurring, resolve, short_form, tokens};
use crate::domain::deadline::Anchor;
use crate::domain::moment::Moment;
use crate::domain::term::{Period, PeriodUnit, Term};

/// Longest text that is read, in characters.
const LONGEST: usize = 200;

/// Verbs that may follow an expression in a cell.
const VERBS: &[&str] = &[
    "完成", "办结", "报送", "上报", "落实", "到位", "建成", "上线", "实现", "提交", "公开", "公布",
    "发布", "开展", "进行", "组织", "更新", "答复", "办理", "启动",
];

/// Reads a text that is one expression of time and nothing else.
///
/// # Errors
///
/// [`ExpressionFault::YearMissing`] when a day has no year and `context` none either; another
/// [`ExpressionFault`] saying what was expected, and at which character, when the text leaves the grammar.
///
/// ```
/// use duban::domain::expression::{ParseContext, read};
/// let context = ParseContext { year: Some(2022) };
/// for (written, term) in [
///     ("2022年底前", "2022-12-31"),
///     ("10月底前", "2022-10-31"),
///     ("自形成或者变更之日起２０個工作日內", "20wd"),
///     ("一般不少于30日", ">=30d"),
///     ("每季度末", "every:3mo@2-last"),
///     ("次月5日前", "every:1mo@1-5"),
///     ("每年通过新闻发布形式开展政策解读不少于4次", ">=4/12mo"),
/// ] {
///     assert_eq!(read(written, &context).unwrap().term.to_string(), term);
/// }
/// ```
pub fn read(text: &str, context: &ParseContext) -> Result<ParsedTerm, ExpressionFault> {
    if text.chars().nth(LONGEST).is_some() {
        return Err(ExpressionFault::TooLong { limit: LONGEST });
    }
    let normalized = NormalizedText::of(text);
    let body = normalized.text.trim_matches(['\n', '。', ';', ',', '"', '“', '”']);
    if body.is_empty() {
        return Err(ExpressionFault::Empty);
    }
    let skipped = normalized.text.find(body).unwrap_or_default();
    if let Ok(term) = body.parse() {
        return Ok(ParsedTerm { term, trigger_words: None, ambiguity: None });
    }
    let mut furthest = FurthestFailure::default();
    if let Some(phrase) = whole(body, &mut furthest) {
        let (term, ambiguity) = resolve::resolve(&phrase, *context, origin(&normalized, skipped))?;
        return Ok(ParsedTerm { term, trigger_words: None, ambiguity });
    }
    if let Some((phrase, trigger)) = counted_from_event(body, &mut furthest) {
        let (term, ambiguity) = resolve::resolve(&phrase, *context, origin(&normalized, skipped))?;
        let trigger_words = Some(trigger).filter(|words| !words.is_empty());
        return Ok(ParsedTerm { term, trigger_words, ambiguity });
    }
    if let Some(long) = short_form::written_out(body)
        && let Some(phrase) = whole(&long, &mut FurthestFailure::default())
    {
        let (term, ambiguity) = resolve::resolve(&phrase, *context, origin(&normalized, skipped))?;
        return Ok(ParsedTerm { term, trigger_words: None, ambiguity });
    }
    let (left, expected) = furthest.0.unwrap_or((body.len(), Expected::Term));
    let at = origin(&normalized, skipped + body.len().saturating_sub(left));
    Err(ExpressionFault::Unexpected { at, expected })
}

/// Reads a text that is one named day: 2022-06-17, 2022/6/17, 2022.6.17, 2022年6月17日.
///
/// `None` for anything else, also for a month's end and for a day without a year.
///
/// ```
/// use duban::domain::expression::read_date;
/// assert_eq!(read_date("２０２２年6月17日"), Some(jiff::civil::date(2022, 6, 17)));
/// assert_eq!(read_date("2022年6月底"), None);
/// ```
pub fn read_date(text: &str) -> Option<Date> {
    text.chars().nth(LONGEST).is_none().then_some(())?;
    let normalized = NormalizedText::of(text);
    let mut input = Stateful { input: normalized.text.as_str(), state: FurthestFailure::default() };
    let span = date_span::date_span(&mut input).ok()?;
    if !input.input.is_empty() || span.precision != Precision::Day {
        return None;
    }
    let phrase = Phrase::Span(span, Closing::Open);
    match resolve::resolve(&phrase, ParseContext { year: None }, 0) {
        Ok((Term::By(date), _)) => Some(date),
        _ => None,
    }
}

/// Reads a text that says how long before an event something must be done: 7日前, 提前7日, 至少提前5个工作日.
///
/// ```
/// use duban::domain::expression::read_lead;
/// for written in ["7日前", "提前7日", "至少提前7日", "7d", ">=7d"] {
///     assert_eq!(read_lead(written).unwrap().to_string(), "7d", "{written}");
/// }
/// assert_eq!(read_lead("2022年底前"), None);
/// ```
pub fn read_lead(text: &str) -> Option<Period> {
    text.chars().nth(LONGEST).is_none().then_some(())?;
    let normalized = NormalizedText::of(text);
    if let Ok(period) = normalized.text.trim_start_matches(">=").parse() {
        return Some(period);
    }
    let mut input = Stateful { input: normalized.text.as_str(), state: FurthestFailure::default() };
    let period = period::lead(&mut input).ok()?;
    input.input.is_empty().then_some(period)
}

/// Reads a text that is a named day, or a named day with the time of day on a clock in Shanghai: 2026-10-01T22:30,
/// 2026-10-01 22:30, 2026年10月1日22时30分. `None` for a time with an offset, as of another clock.
///
/// ```
/// use duban::domain::deadline::Anchor;
/// use duban::domain::expression::read_event;
/// let Some(Anchor::Instant(moment)) = read_event("2026年10月1日22时30分") else { panic!() };
/// assert_eq!(moment.local().to_string(), "2026-10-01T22:30:00");
/// assert_eq!(read_event("2026-10-01"), Some(Anchor::Day(jiff::civil::date(2026, 10, 1))));
/// assert_eq!(read_event("2026-10-01 25:00"), None);
/// assert_eq!(read_event("2026-10-01T14:30+00:00"), None);
/// ```
pub fn read_event(text: &str) -> Option<Anchor> {
    if let Some(day) = read_date(text) {
        return Some(Anchor::Day(day));
    }
    text.chars().nth(LONGEST).is_none().then_some(())?;
    let text = text.trim().replace(['：', '时', '点'], ":").replace('分', "");
    let hours_end = text.find(':')?;
    let hours_start = text.get(..hours_end)?.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (day, time) = text.split_at_checked(hours_start)?;
    let time = match time.trim_end_matches(':').split_once(':') {
        None => format!("{:0>2}:00", time.trim_end_matches(':')),
        Some((hour, rest)) => format!("{hour:0>2}:{rest}"),
    };
    time.chars().all(|c| c.is_ascii_digit() || ":.".contains(c)).then_some(())?;
    let time: Time = time.parse().ok()?;
    let day = read_date(day.trim_end_matches(['T', 't', ' ']))?;
    Moment::from_local(day.to_datetime(time)).map(Anchor::Instant)
}

/// Where the character at byte `place` of the plain text stood in the text as written.
fn origin(normalized: &NormalizedText, place: usize) -> usize {
    let index = normalized.text.get(..place).map_or(0, |before| before.chars().count());
    let past_the_end = normalized.origin.last().map_or(0, |last| last + 1);
    normalized.origin.get(index).copied().unwrap_or(past_the_end)
}

/// The rules, in the order in which they claim a text.
const PARSERS: [PhraseParser; 7] = [
    recurring::times,
    recurring::every,
    date_span::range,
    date_span::by,
    period::at_least,
    period::within,
    label::label,
];

/// The phrase that `text` is, from its first to its last character.
fn whole(text: &str, furthest: &mut FurthestFailure) -> Option<Phrase> {
    PARSERS.iter().find_map(|rule| {
        let mut input = Stateful { input: text, state: *furthest };
        let phrase = (*rule, to_the_end).parse_next(&mut input).ok().map(|(phrase, ())| phrase);
        *furthest = input.state;
        phrase
    })
}

/// What may follow an expression in a cell: 完成, 报送, a full stop.
fn to_the_end(input: &mut Input<'_>) -> ParseResult<()> {
    let _verb = opt(one_of(VERBS)).parse_next(input)?;
    let end = |input: &mut Input<'_>| {
        if input.input.is_empty() { Ok(()) } else { Err(winnow::error::EmptyError) }
    };
    tokens::expecting(Expected::End, end).parse_next(input)
}

/// A period behind the event it runs from (自受理之日起20个工作日内), or before it in brackets.
fn counted_from_event(text: &str, furthest: &mut FurthestFailure) -> Option<(Phrase, String)> {
    if let Some((period, event)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let phrase = whole(period, &mut FurthestFailure::default()).filter(is_period)?;
        // 20日内(工作日) counts working days; anything else in brackets is the event
        let counts_working_days =
            ["工作日", "按工作日", "指工作日", "均为工作日"].iter().any(|it| event.starts_with(it));
        return Some(if counts_working_days {
            (in_working_days(phrase), String::new())
        } else {
            (phrase, event_words(event))
        });
    }
    text.char_indices().skip(1).find_map(|(place, _)| {
        let (event, rest) = text.split_at_checked(place)?;
        let mark = period::MARKS.iter().find(|mark| rest.starts_with(**mark))?;
        let tail = rest.get(mark.len()..)?.trim_start_matches([',', '的', '满']);
        let mut tail_furthest = FurthestFailure(Some((tail.len(), Expected::Period)));
        let phrase = whole(tail, &mut tail_furthest).filter(is_period);
        furthest.take_further(tail_furthest);
        Some((phrase?, event_words(event)))
    })
}

fn in_working_days(phrase: Phrase) -> Phrase {
    let working = |period: Period| match period.unit {
        PeriodUnit::CalendarDay => Period { unit: PeriodUnit::WorkingDay, ..period },
        PeriodUnit::WorkingDay | PeriodUnit::Hour | PeriodUnit::Month | PeriodUnit::Year => period,
    };
    match phrase {
        Phrase::Within(period, closing) => Phrase::Within(working(period), closing),
        Phrase::AtLeast(period) => Phrase::AtLeast(working(period)),
        other @ (Phrase::Span(..)
        | Phrase::Range(..)
        | Phrase::Every(_)
        | Phrase::Times(_)
        | Phrase::Label) => other,
    }
}

fn is_period(phrase: &Phrase) -> bool {
    matches!(phrase, Phrase::Within(..) | Phrase::AtLeast(_))
}

/// The event without the words around it: 自形成或者变更之日起 is 形成或者变更.
fn event_words(text: &str) -> String {
    let text = text
        .trim_start_matches("应当")
        .trim_start_matches(['应', '须', '要', '自', '从', '在', '于']);
    let mark = period::MARKS.iter().find(|mark| text.len() > mark.len() && text.ends_with(**mark));
    mark.and_then(|mark| text.strip_suffix(mark)).unwrap_or(text).to_owned()
}

//! Finds every expression of time in running text, in linear time.
//!
//! Must not know: tables, units, which sentence is a duty.

use winnow::Parser as _;
use winnow::stream::Stateful;

use crate::domain::term::{
    Cycle, DayInPeriod, MonthDay, Period, PeriodUnit, Quota, Recurrence, Term,
};

use super::ambiguity::Ambiguity;
use super::event::event_before;
use super::fault::ExpressionFault;
use super::match_context::{
    MatchContext, PUBLICATIONS, ends_with_any, is_goal, sets_a_limit, starts_with_any,
};
use super::normalized_text::NormalizedText;
use super::numeral::is_numeral;
use super::parsed_term::{ParseContext, ParsedTerm};
use super::phrase::{Closing, DateSpan, Phrase, Precision};
use super::resolve::resolve;
use super::tokens::{FurthestFailure, PhraseParser, one_of};
use super::{date_span, label, period, recurring, tokens};

/// How far a decision looks back and ahead, in bytes of plain text.
const HORIZON: usize = 600;

/// Most days in a list (6月15日、11月15日前) that are looked at.
const LONGEST_LIST: usize = 12;

/// Words right before an expression that belong to it.
const LEADS: &[&str] = &["截至", "最迟于", "最迟", "于", "在", "到", "至", "自"];

/// Characters before 季度 or 月度 that make it one quarter or month, not every one.
const ORDINALS: &[char] =
    &['第', '每', '按', '本', '上', '下', '该', '各', '前', '当', '逐', '个', '首', '末'];

/// Work that is named by its period: 季度抽查, 月度例会.
const PERIODIC_WORK: &[&str] = &[
    "抽查", "检查", "通报", "调度", "报告", "报表", "例会", "会议", "分析", "统计", "考核", "评估",
    "督查", "国民", "新闻", "排名", "普查", "小结",
];

/// An expression of time in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermMatch {
    /// Its first character, counted from 0 in the text as given.
    pub start: usize,
    /// The character behind its last one.
    pub end: usize,
    /// What it says; [`ExpressionFault::YearMissing`] or [`ExpressionFault::NoSuchDay`] when a person must say.
    pub parsed: Result<ParsedTerm, ExpressionFault>,
}

/// What a search finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchResult {
    /// What sets a time limit, and words that only sound like one.
    pub limits: Vec<TermMatch>,
    /// Expressions that set no limit where they stand: the first character and that behind the last. They may overlap.
    pub refused: Vec<(usize, usize)>,
}

/// Finds what sets a time limit in `text`, and the words that only sound like one (及时), in the order of the text.
///
/// Dates that are no deadlines are left out: document numbers, signature dates, years of titles, effective dates,
/// periods of data, eligibility terms. Findings do not overlap.
///
/// ```
/// use duban::domain::expression::{ParseContext, search};
/// let text = "根据〔2022〕17号，2022年底前全部入库，并在5个工作日内回复。";
/// let found = search(text, &ParseContext { year: Some(2022) });
/// let terms: Vec<_> = found.iter().map(|f| f.parsed.as_ref().unwrap().term.to_string()).collect();
/// assert_eq!(terms, ["2022-12-31", "5wd"]);
/// ```
pub fn search(text: &str, context: &ParseContext) -> Vec<TermMatch> {
    search_all(text, context).limits
}

/// Finds as [`search`] does, and says which expressions of time were refused.
pub fn search_all(text: &str, context: &ParseContext) -> SearchResult {
    let normalized = NormalizedText::of(text);
    let mut finder = Finder {
        text: &normalized.text,
        context: *context,
        sentence: Sentence::default(),
        found: Vec::new(),
        refused: Vec::new(),
    };
    finder.run();
    let origin = |index: usize| normalized.origin.get(index).copied();
    let to_original = |finding: TermMatch| {
        let last = finding.end.checked_sub(1).and_then(origin)?;
        Some(TermMatch { start: origin(finding.start)?, end: last + 1, ..finding })
    };
    let refused = finder.refused.iter().filter_map(|(start, end)| {
        let last = end.checked_sub(1).and_then(origin)?;
        Some((origin(*start)?, last + 1))
    });
    SearchResult {
        refused: refused.collect(),
        limits: finder.found.into_iter().filter_map(to_original).collect(),
    }
}

/// What an earlier clause of the sentence leaves to a later one.
#[derive(Default)]
struct Sentence {
    /// Byte at which it begins.
    start: usize,
    /// A year that was named with a deadline.
    year: Option<i16>,
    /// The period of a quota.
    quota: Option<Cycle>,
    /// The finding that said 每年 or 每月 without a day.
    bare: Option<(usize, Cycle)>,
    /// A day of every month or quarter, and the character behind it.
    day: Option<(usize, Recurrence)>,
    /// How often the duty named last with a day comes back.
    cycle: Option<Cycle>,
    /// The character behind a period.
    period: Option<usize>,
}

struct Finder<'a> {
    text: &'a str,
    context: ParseContext,
    sentence: Sentence,
    found: Vec<TermMatch>,
    refused: Vec<(usize, usize)>,
}

impl<'a> Finder<'a> {
    fn run(&mut self) {
        let mut skip_to = 0;
        for (index, (place, character)) in self.text.char_indices().enumerate() {
            if matches!(character, '。' | '!' | '?' | '\n') {
                self.sentence =
                    Sentence { start: place + character.len_utf8(), ..Sentence::default() };
            } else if place >= skip_to && may_begin(character) {
                skip_to = self.look(index, place).unwrap_or(skip_to);
            }
        }
    }

    /// Takes the longest limit at `place`; returns the byte behind it.
    fn look(&mut self, index: usize, place: usize) -> Option<usize> {
        let before = self.before(place);
        let here = self.ahead(place);
        if is_inside_a_number(before, here) || is_behind_a_point(before, here) {
            return None;
        }
        let candidates = self.candidates(index, before, here);
        for (phrase, length) in &candidates {
            let around =
                MatchContext { before, matched: here.get(..*length)?, after: here.get(*length..)? };
            let phrase = with_closing_of_list(phrase.clone(), around.after);
            if sets_a_limit(&phrase, around) {
                self.take(index, phrase, around);
                return Some(place + length);
            }
        }
        if let Some((_, length)) = candidates.first() {
            let characters = here.get(..*length)?.chars().count();
            self.refused.push((index, index + characters));
        }
        // a refused expression is passed as a whole: 2022年6月1日 must not leave 6月1日
        let refused = candidates.iter().filter(|(phrase, _)| !matches!(phrase, Phrase::Label));
        refused.map(|(_, length)| place + length).next_back()
    }

    /// What may be meant at a place, the longest first; a shorter one counts only when all longer ones set no limit.
    fn candidates(&self, index: usize, before: &str, here: &str) -> Vec<(Phrase, usize)> {
        const PARSERS: [PhraseParser; 7] = [
            recurring::times,
            recurring::every,
            date_span::range,
            date_span::span_with_closing,
            period::at_least,
            period::within,
            label::in_text,
        ];
        if let Some(listed) = self.listed_day(index, before, here) {
            return vec![listed];
        }
        let mut found: Vec<(Phrase, usize)> = Vec::new();
        for rule in PARSERS {
            let mut input = Stateful { input: here, state: FurthestFailure::default() };
            if let Ok(phrase) = (rule)(&mut input) {
                found.push((phrase, here.len() - input.input.len()));
            }
        }
        found.sort_by_key(|(_, length)| std::cmp::Reverse(*length));
        if found.is_empty() {
            let other = self.inherited(index, here).or_else(|| period_in_a_name(before, here));
            found.extend(other);
        }
        found
    }

    /// What needs an earlier clause: 不少于2次 after a quota, 25日前 after 每月.
    fn inherited(&self, index: usize, here: &str) -> Option<(Phrase, usize)> {
        let mut input = Stateful { input: here, state: FurthestFailure::default() };
        if let Ok((at_least, times)) = recurring::counted(&mut input) {
            // 两周内至少1次 is no quota of a year
            let is_of_period = self.sentence.period.is_some_and(|end| index <= end + 2);
            let every = self.sentence.quota.unwrap_or(Cycle::Year);
            let phrase = Phrase::Times(Quota { times, every, at_least });
            // 2024年底前至少开展2次 is due once, by that day
            let is_of_day = self.sentence.quota.is_none() && self.sentence.year.is_some();
            let is_quota = at_least && !is_of_period && !is_of_day;
            return is_quota.then_some((phrase, here.len() - input.input.len()));
        }
        let (_, every) = self.sentence.bare?;
        let (by, closing, length) = day_in(every.months() - 1, here)?;
        let phrase = Phrase::Every(Recurrence::Monthly { every, by: Some(by) });
        (every != Cycle::Year && closing == Closing::Before).then_some((phrase, length))
    }

    /// 20日 after 每月10日、.
    fn listed_day(&self, index: usize, before: &str, here: &str) -> Option<(Phrase, usize)> {
        let (end, recurrence) = self.sentence.day?;
        let Recurrence::Monthly { every, by: Some(first) } = recurrence else { return None };
        let (by, _, length) = day_in(first.month, here)?;
        let is_next = before.ends_with('、') && index == end + 1;
        is_next.then_some((Phrase::Every(Recurrence::Monthly { every, by: Some(by) }), length))
    }

    fn take(&mut self, index: usize, phrase: Phrase, around: MatchContext<'_>) {
        let phrase = self.with_inherited_period(phrase, around);
        let phrase = published_for(phrase, around);
        let phrase = if is_goal(around) { date_span::as_goal(phrase) } else { phrase };
        let (lead, trigger) = match &phrase {
            Phrase::Within(..) | Phrase::AtLeast(_) => event_before(around.before),
            Phrase::Label => (0, None),
            Phrase::Span(..) | Phrase::Range(..) | Phrase::Every(_) | Phrase::Times(_) => {
                (lead_in(around.before), None)
            }
        };
        let year = self.sentence.year.or(self.context.year);
        let end = index + around.matched.chars().count();
        let parsed = resolve(&phrase, ParseContext { year }, index).map(|(term, ambiguity)| {
            let ambiguity = ambiguity.or_else(|| doubt_of(&phrase, trigger.is_some()));
            ParsedTerm { term, trigger_words: trigger, ambiguity }
        });
        self.remember(&phrase, end, parsed.as_ref().ok());
        let behind = self.found.last().map_or(0, |finding| finding.end);
        let start = index.saturating_sub(lead).max(behind);
        self.found.push(TermMatch { start, end, parsed });
    }

    /// 每年…，3月底前…: the day belongs to the 每年 before it, which said nothing else.
    fn with_inherited_period(&mut self, phrase: Phrase, around: MatchContext<'_>) -> Phrase {
        // 每年3月底前自查，4月底前复核 come back together; 每季度末…，次月8日前… as well
        match (&phrase, self.sentence.cycle) {
            (Phrase::Span(span, Closing::Before), Some(Cycle::Year))
                if self.sentence.bare.is_none() =>
            {
                return recurring::in_year(span.year, span.through).map_or(phrase, Phrase::Every);
            }
            (
                Phrase::Every(Recurrence::Monthly { every: Cycle::Month, by: Some(by) }),
                Some(every @ (Cycle::Quarter | Cycle::HalfYear)),
            ) if by.month == 1 && around.matched.starts_with(['次', '下']) => {
                let by = DayInPeriod { month: every.months(), day: by.day };
                return Phrase::Every(Recurrence::Monthly { every, by: Some(by) });
            }
            _ => {}
        }
        let Some((bare, every)) = self.sentence.bare else { return phrase };
        let by = match &phrase {
            Phrase::Span(span, _) if every == Cycle::Year => {
                recurring::in_year(span.year, span.through)
            }
            Phrase::Every(named @ Recurrence::Monthly { by: Some(_), .. }) => Some(*named),
            Phrase::Span(..)
            | Phrase::Every(_)
            | Phrase::Range(..)
            | Phrase::Within(..)
            | Phrase::AtLeast(_)
            | Phrase::Times(_)
            | Phrase::Label => None,
        };
        let Some(recurrence) = by else { return phrase };
        if bare + 1 == self.found.len() {
            self.found.pop();
        }
        self.sentence.bare = None;
        Phrase::Every(recurrence)
    }

    fn remember(&mut self, phrase: &Phrase, end: usize, parsed: Option<&ParsedTerm>) {
        match (phrase, parsed.map(|parsed| &parsed.term)) {
            (Phrase::Span(..), Some(Term::By(date))) => self.sentence.year = Some(date.year()),
            (Phrase::Times(quota), _) => self.sentence.quota = Some(quota.every),
            (Phrase::Every(Recurrence::Monthly { every, by: None }), _) => {
                self.sentence.bare = Some((self.found.len(), *every));
            }
            (Phrase::Every(recurrence @ Recurrence::Monthly { every, by: Some(_) }), _) => {
                self.sentence.day = Some((end, *recurrence));
                self.sentence.cycle = Some(*every);
            }
            (Phrase::Within(..), _) => self.sentence.period = Some(end),
            _ => {}
        }
    }

    fn before(&self, place: usize) -> &'a str {
        let from = place.saturating_sub(HORIZON).max(self.sentence.start.min(place));
        self.text.get(self.text.ceil_char_boundary(from)..place).unwrap_or_default()
    }

    fn ahead(&self, place: usize) -> &'a str {
        let until = self.text.floor_char_boundary(place.saturating_add(HORIZON));
        self.text.get(place..until).unwrap_or_default()
    }
}

/// A day without its month, what closes it, and its length in bytes.
fn day_in(month: u8, here: &str) -> Option<(DayInPeriod, Closing, usize)> {
    let mut input = Stateful { input: here, state: FurthestFailure::default() };
    let day = date_span::day_of_month.parse_next(&mut input).ok()?;
    let closing = tokens::closing(&mut input);
    let is_day = matches!(day, MonthDay::Day(1..=31));
    is_day.then_some((DayInPeriod { month, day }, closing, here.len() - input.input.len()))
}

/// 6月15日、11月15日前: days in a list share the closing of the last one, and its 底.
fn with_closing_of_list(phrase: Phrase, after: &str) -> Phrase {
    let Phrase::Span(span, Closing::Open) = phrase else { return phrase };
    let mut input = Stateful { input: after, state: FurthestFailure::default() };
    for _ in 0..LONGEST_LIST {
        let next =
            (one_of(&["、", "和", "及"]), date_span::span_with_closing).parse_next(&mut input);
        match next {
            Ok((_, Phrase::Span(_, Closing::Open))) => {}
            Ok((_, Phrase::Span(last, closing))) => {
                let is_by_its_end =
                    span.precision == Precision::Month && last.precision == Precision::End;
                let from = if is_by_its_end { span.through } else { span.from };
                let precision = if is_by_its_end { Precision::End } else { span.precision };
                return Phrase::Span(DateSpan { from, precision, ..span }, closing);
            }
            _ => break,
        }
    }
    phrase
}

/// 公示5个工作日: not less than that.
fn published_for(phrase: Phrase, around: MatchContext<'_>) -> Phrase {
    if let Phrase::Within(period, Closing::Open) = phrase
        && ends_with_any(around.before, &PUBLICATIONS)
    {
        return Phrase::AtLeast(period);
    }
    phrase
}

/// How many characters of lead-in (于, 在, 到) stand right before an expression.
fn lead_in(before: &str) -> usize {
    let lead = LEADS.iter().find(|lead| before.ends_with(**lead));
    lead.map_or(0, |lead| lead.chars().count())
}

fn doubt_of(phrase: &Phrase, has_event: bool) -> Option<Ambiguity> {
    let has_no_day = matches!(
        phrase,
        Phrase::Every(Recurrence::Monthly { by: None, .. } | Recurrence::Weekly(None))
    );
    let has_no_start = matches!(phrase, Phrase::Within(..)) && !has_event;
    has_no_start
        .then_some(Ambiguity::StartNotNamed)
        .or(has_no_day.then_some(Ambiguity::NoDayInPeriod))
}

/// 季度抽查, 月度例会, 《价格周报》: a period that is said by a name.
fn period_in_a_name(before: &str, here: &str) -> Option<(Phrase, usize)> {
    let monthly = |every| Phrase::Every(Recurrence::Monthly { every, by: None });
    for (word, phrase) in [("季度", monthly(Cycle::Quarter)), ("月度", monthly(Cycle::Month))] {
        let after = here.strip_prefix(word);
        let is_ordinal =
            before.ends_with(ORDINALS) || before.ends_with(|c| is_numeral(c) || c.is_ascii_digit());
        if after.is_some_and(|after| starts_with_any(after, PERIODIC_WORK)) && !is_ordinal {
            return Some((phrase, word.len()));
        }
    }
    // 人数变动的次月变更
    if here.starts_with("次月") && before.ends_with('的') {
        let month = Period { amount: 1, unit: PeriodUnit::Month };
        return Some((Phrase::Within(month, Closing::Within), "次月".len()));
    }
    // 实行周调度、月通报、季评估
    let by_name = [
        ("周", Phrase::Every(Recurrence::Weekly(None))),
        ("月", monthly(Cycle::Month)),
        ("季", monthly(Cycle::Quarter)),
    ];
    let is_introduced = ends_with_any(before, &["实行", "落实", "建立", "坚持", "执行", "、"]);
    for (word, phrase) in by_name {
        let after = here.strip_prefix(word);
        if is_introduced && after.is_some_and(|after| starts_with_any(after, PERIODIC_WORK)) {
            return Some((phrase, word.len()));
        }
    }
    let titles = [
        ("周报", Phrase::Every(Recurrence::Weekly(None))),
        ("月报", monthly(Cycle::Month)),
        ("季报", monthly(Cycle::Quarter)),
    ];
    titles.into_iter().find_map(|(word, phrase)| {
        let after = here.strip_prefix(word)?;
        (after.starts_with('》') && !ends_with_any(before, &["《"])).then_some((phrase, word.len()))
    })
}

/// True for characters an expression can begin with, so that all others cost nothing.
fn may_begin(character: char) -> bool {
    character.is_ascii_digit()
        || is_numeral(character)
        || matches!(
            character,
            '次' | '下'
                | '翌'
                | '来'
                | '明'
                | '当'
                | '今'
                | '本'
                | '同'
                | '年'
                | '上'
                | '第'
                | '全'
                | '每'
                | '按'
                | '逐'
                | '隔'
                | '不'
                | '至'
                | '最'
                | '提'
                | '半'
                | '季'
                | '月'
                | '周'
                | '及'
                | '定'
                | '适'
                | '实'
                | '即'
                | '随'
                | '立'
                | '抓'
                | '尽'
                | '持'
                | '长'
                | '动'
                | '法'
                | '汛'
                | '主'
                | '国'
                | '春'
                | '元'
                | '五'
                | '边'
                | '双'
                | '单'
                | '>'
        )
}

/// True for the 5 of 0.5个工作日; the point of 3.10月底前 stands behind a list number.
fn is_behind_a_point(before: &str, here: &str) -> bool {
    let behind_digits = here.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_period = behind_digits.len() < here.len() && !behind_digits.starts_with(['年', '月']);
    let Some(whole) = before.strip_suffix('.').filter(|_| is_period) else { return false };
    let stem = whole.trim_end_matches(|c: char| c.is_ascii_digit());
    let begins_a_line = stem.is_empty() || stem.ends_with(['。', '\n', ';']);
    stem.len() < whole.len() && (whole.ends_with('0') || !begins_a_line)
}

/// True behind a digit or 第, and inside a Chinese number.
fn is_inside_a_number(before: &str, here: &str) -> bool {
    let first = here.chars().next().unwrap_or_default();
    let is_number = first.is_ascii_digit() || is_numeral(first);
    is_number
        && before.ends_with(|c: char| {
            c.is_ascii_digit() || c == '第' || (is_numeral(c) && is_numeral(first))
        })
}

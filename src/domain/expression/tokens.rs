//! The smallest parts of the grammar, and the memory of where it got stuck.
//!
//! Must not know: what the words mean.

use winnow::Parser;
use winnow::combinator::{alt, opt};
use winnow::error::EmptyError;
use winnow::stream::{Stateful, Stream as _};
use winnow::token::{any, take_while};

use super::fault::Expected;
use super::phrase::{Closing, Phrase};

/// Words that close a day.
const BEFORE: &[&str] = &["之前", "以前", "前", "截止", "为止", "止"];

/// Words that close a period.
const WITHIN: &[&str] = &["以内", "之内", "内"];

/// Parts of a day before an hour.
const PARTS_OF_DAY: &[&str] = &["上午", "中午", "下午", "晚上"];

/// Words after an hour.
const HOUR_WORDS: &[&str] = &["时整", "时", "点整", "点半", "点"];

/// Text still to be read, with the furthest place where a parser gave up.
pub(super) type Input<'a> = Stateful<&'a str, FurthestFailure>;

/// What a parser returns; the fault itself is kept in [`FurthestFailure`].
pub(super) type ParseResult<T> = Result<T, EmptyError>;

/// A parser of one kind of phrase.
pub(super) type PhraseParser = for<'a, 'b> fn(&'a mut Input<'b>) -> ParseResult<Phrase>;

/// The furthest place reached, as the number of bytes left there, and what was expected first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FurthestFailure(pub(super) Option<(usize, Expected)>);

impl FurthestFailure {
    fn note(&mut self, left: usize, expected: Expected) {
        if self.0.is_none_or(|(before, _)| left < before) {
            self.0 = Some((left, expected));
        }
    }

    /// Keeps the further one of the two.
    pub(super) fn take_further(&mut self, other: Self) {
        if let Some((left, expected)) = other.0 {
            self.note(left, expected);
        }
    }
}

/// Runs `parser`; when it fails, remembers what was expected here.
pub(super) fn expecting<'a, T>(
    expected: Expected,
    mut parser: impl Parser<Input<'a>, T, EmptyError>,
) -> impl Parser<Input<'a>, T, EmptyError> {
    move |input: &mut Input<'a>| {
        let left = input.input.len();
        let parsed = parser.parse_next(input);
        if parsed.is_err() {
            input.state.note(left, expected);
        }
        parsed
    }
}

/// The first of `words` the text begins with; longer ones must stand before their own beginnings.
pub(super) fn one_of<'a>(
    words: &'static [&'static str],
) -> impl Parser<Input<'a>, &'static str, EmptyError> {
    move |input: &mut Input<'a>| {
        let word = words.iter().find(|word| input.input.starts_with(**word)).ok_or(EmptyError)?;
        input.next_slice(word.len());
        Ok(*word)
    }
}

/// What belongs to the first word of `table` the text begins with; longer words must stand before their own beginnings.
pub(super) fn looked_up<'a, T: Copy>(
    table: &'static [(&'static str, T)],
) -> impl Parser<Input<'a>, T, EmptyError> {
    move |input: &mut Input<'a>| {
        let known = table.iter().find(|(word, _)| input.input.starts_with(*word));
        let (word, value) = known.ok_or(EmptyError)?;
        input.next_slice(word.len());
        Ok(*value)
    }
}

/// What closes a day or a period; a weekday in brackets or an hour before it adds nothing: 10日(星期一)前, 每周五17时前, 5日下班前.
pub(super) fn closing(input: &mut Input<'_>) -> Closing {
    let here = input.checkpoint();
    let _remark = (opt(weekday_in_brackets), opt(hour)).parse_next(input);
    let closing = closing_word(input);
    if closing == Closing::Open {
        input.reset(&here);
    }
    closing
}

fn weekday_in_brackets(input: &mut Input<'_>) -> ParseResult<()> {
    let day = any.verify(|day: &char| "一二三四五六日天".contains(*day));
    ("(", one_of(&["星期", "周", "礼拜"]), day, ")").void().parse_next(input)
}

fn hour(input: &mut Input<'_>) -> ParseResult<()> {
    let digits = || take_while(1..=2, |c: char| c.is_ascii_digit());
    if one_of(&["下班"]).parse_next(input).is_ok() {
        return Ok(());
    }
    let part = opt(one_of(PARTS_OF_DAY));
    let full = alt((one_of(HOUR_WORDS).void(), (":", digits()).void()));
    (part, digits(), full).void().parse_next(input)
}

fn closing_word(input: &mut Input<'_>) -> Closing {
    if one_of(BEFORE).parse_next(input).is_ok() {
        return Closing::Before;
    }
    // 以内容建设为根本 is no 以内
    let within = input.input.starts_with("以内容") || input.input.starts_with("内容");
    if !within && one_of(WITHIN).parse_next(input).is_ok() {
        return Closing::Within;
    }
    Closing::Open
}

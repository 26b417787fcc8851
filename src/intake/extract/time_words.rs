//! Finds the words about time in a text, whatever they mean, so that what extraction left out can be counted.
//!
//! The words are those of `time_words.txt`. Must not know: the grammar of limits, duties.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A word about time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeWord {
    /// Its first character in the text.
    pub(super) start: usize,
    /// The character behind its last one.
    pub(super) end: usize,
    /// It reads like a limit: 6月底前, 截至5月, 每季度.
    pub(super) is_limit: bool,
}

/// How many characters before a word are looked at.
const LEAD: usize = 4;

struct Lexicon {
    units: Vec<&'static str>,
    not_units: Vec<&'static str>,
    words: Vec<&'static str>,
    /// First characters of `words`.
    beginnings: HashSet<char>,
    parts: Vec<&'static str>,
    limits: Vec<&'static str>,
    not_limits: Vec<&'static str>,
    leads: Vec<&'static str>,
    returns: Vec<&'static str>,
}

static WORDS: LazyLock<Lexicon> = LazyLock::new(|| {
    let of = |kind: &str| {
        let lines = include_str!("time_words.txt").lines();
        let lines = lines.filter_map(|line| line.split_once(char::is_whitespace));
        let words = lines.filter(|(name, _)| *name == kind);
        words.flat_map(|(_, words)| words.split_whitespace()).collect()
    };
    let words: Vec<&str> = of("Word");
    Lexicon {
        beginnings: words.iter().filter_map(|word| word.chars().next()).collect(),
        units: of("Unit"),
        not_units: of("NotUnit"),
        words,
        parts: of("Part"),
        limits: of("Limit"),
        not_limits: of("NotLimit"),
        leads: of("Lead"),
        returns: of("Returns"),
    }
});

/// Every word about time in `text`, in its order.
pub(super) fn time_words(text: &str) -> Vec<TimeWord> {
    let (mut found, mut skip_to, mut before) = (Vec::<TimeWord>::new(), 0, '\n');
    // byte of the beginning of the last word
    let mut last_start = 0;
    for (index, (place, character)) in text.char_indices().enumerate() {
        let previous = std::mem::replace(&mut before, character);
        if place < skip_to {
            continue;
        }
        let rest = text.get(place..).unwrap_or_default();
        let Some(length) = length_of_word(rest, previous) else { continue };
        let mut end = place + length;
        let behind = |end: usize| text.get(end..).unwrap_or_default();
        end += WORDS
            .parts
            .iter()
            .find(|part| behind(end).starts_with(**part))
            .map_or(0, |it| it.len());
        let limit = limit_at(behind(end));
        end += limit.unwrap_or(0);
        let joined = found.last_mut().filter(|_| skip_to > 0 && is_blank(text.get(skip_to..place)));
        let start = if joined.is_some() { last_start } else { place };
        let is_limit = limit.is_some() || is_led(text, start);
        let characters = text.get(place..end).unwrap_or_default().chars().count();
        if let Some(last) = joined {
            last.end = index + characters;
            last.is_limit |= is_limit;
        } else {
            found.push(TimeWord { start: index, end: index + characters, is_limit });
            last_start = place;
        }
        skip_to = end;
    }
    found
}

/// The bytes of the word about time that `rest` begins with.
fn length_of_word(rest: &str, previous: char) -> Option<usize> {
    let first = rest.chars().next()?;
    // every character of a document comes here
    let word = WORDS
        .beginnings
        .contains(&first)
        .then(|| WORDS.words.iter().find(|word| rest.starts_with(**word)).map(|word| word.len()));
    if let Some(length) = word.flatten() {
        return Some(length);
    }
    if !is_digit(first) && !is_numeral(first) {
        return None;
    }
    if is_digit(previous) || is_numeral(previous) || previous.is_ascii_alphabetic() {
        return None;
    }
    with_unit(rest).or_else(|| bare_day(rest))
}

/// 12月, 十五个工作日, 2022 年.
fn with_unit(rest: &str) -> Option<usize> {
    let behind = match rest.trim_start_matches(is_digit) {
        behind if behind.len() < rest.len() => behind,
        _ => rest.trim_start_matches(is_numeral),
    };
    let unit = behind.trim_start_matches([' ', '\u{3000}']);
    if WORDS.not_units.iter().any(|word| unit.starts_with(*word)) {
        return None;
    }
    let word = WORDS.units.iter().find(|word| unit.starts_with(**word))?;
    Some(rest.len() - unit.len() + word.len())
}

/// 2024-06-30, 2024.12; 6.30 and 6/30 before a word that makes them a limit.
fn bare_day(rest: &str) -> Option<usize> {
    let number =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let first = number(rest);
    let second = rest.get(first..)?.strip_prefix(['-', '.', '/'])?;
    let length = number(second);
    let mut end = first + 1 + length;
    if !(1..=2).contains(&length) {
        return None;
    }
    if first != 4 {
        return (first <= 2 && limit_at(rest.get(end..)?).is_some()).then_some(end);
    }
    if let Some(third) = rest.get(end..)?.strip_prefix(['-', '.', '/']) {
        let length = number(third);
        end += if (1..=2).contains(&length) { 1 + length } else { 0 };
    }
    Some(end)
}

/// The bytes of the word that makes a limit of the word about time before it.
fn limit_at(behind: &str) -> Option<usize> {
    let is_other = WORDS.not_limits.iter().any(|word| behind.starts_with(*word));
    let limit = WORDS.limits.iter().find(|word| behind.starts_with(**word));
    limit.filter(|_| !is_other).map(|word| word.len())
}

/// True behind 截至 and the like, and for 每季度.
fn is_led(text: &str, start: usize) -> bool {
    let (before, word) = text.split_at_checked(start).unwrap_or_default();
    let lead = before.char_indices().rev().take(LEAD).last().map_or(start, |(place, _)| place);
    let lead = before.get(lead..).unwrap_or_default();
    WORDS.returns.iter().any(|words| word.starts_with(*words))
        || WORDS.leads.iter().any(|words| lead.ends_with(*words))
}

fn is_blank(between: Option<&str>) -> bool {
    between.is_some_and(|text| text.chars().all(|c| c == ' ' || c == '\u{3000}'))
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || ('０'..='９').contains(&character)
}

fn is_numeral(character: char) -> bool {
    "一二三四五六七八九十百两〇".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, bool)> {
        let told = |word: &TimeWord| {
            let written = text.chars().skip(word.start).take(word.end - word.start).collect();
            (written, word.is_limit)
        };
        time_words(text).iter().map(told).collect()
    }

    #[test]
    fn words_about_time_are_found_and_those_that_read_like_limits_are_told() {
        for (text, expected) in [
            ("于2024年6月30日前完成", &[("2024年6月30日前", true)][..]),
            ("2022 年 6 月底，第三季度", &[("2022 年 6 月底", false), ("三季度", false)]),
            ("截至5月共受理；每季度末前报送", &[("5月", true), ("每季", true)]),
            ("收到后十五个工作日内", &[("十五个工作日内", true)]),
            ("6.30前，1.5倍，2024.12，023-63", &[("6.30前", true), ("2024.12", false)]),
            ("三年级、10周年、2022年前三季度", &[("2022年", false), ("三季度", false)]),
            ("建成2座，投资300万元", &[]),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|(word, is_limit)| ((*word).to_owned(), *is_limit)).collect();
            assert_eq!(words(text), expected, "{text}");
        }
    }
}

//! Numbers as Chinese documents write them: 20, 二十, 二〇二二, 两.
//!
//! Must not know: what is counted.

use winnow::Parser as _;
use winnow::error::EmptyError;
use winnow::token::take_while;

use super::tokens::{Input, ParseResult};

/// Most characters of one number: six digits, or 九千九百九十九.
const LONGEST: usize = 7;

/// A whole number; never more than 999999.
pub(super) fn number(input: &mut Input<'_>) -> ParseResult<u32> {
    if input.input.starts_with(|c: char| c.is_ascii_digit()) {
        let digits = take_while(1..=6, |c: char| c.is_ascii_digit()).parse_next(input)?;
        return digits.parse().map_err(|_| EmptyError);
    }
    let written: &str = take_while(1..=LONGEST, is_numeral).parse_next(input)?;
    value_of(written).ok_or(EmptyError)
}

/// Four digits of a year, ASCII or Chinese (二〇二二).
pub(super) fn year_number(input: &mut Input<'_>) -> ParseResult<i16> {
    let digits: &str =
        take_while(4..=4, |c: char| c.is_ascii_digit() || digit(c).is_some()).parse_next(input)?;
    let value = digits
        .chars()
        .try_fold(0i16, |value, c| {
            let digit = c.to_digit(10).or_else(|| digit(c))?;
            value.checked_mul(10)?.checked_add(i16::try_from(digit).ok()?)
        })
        .filter(|year| (1900..=2199).contains(year));
    value.ok_or(EmptyError)
}

/// True for a character that can stand in a Chinese number.
pub(super) fn is_numeral(character: char) -> bool {
    digit(character).is_some() || matches!(character, '十' | '百' | '千' | '廿' | '卅')
}

fn digit(character: char) -> Option<u32> {
    Some(match character {
        '〇' | '零' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn value_of(written: &str) -> Option<u32> {
    if !written.contains(['十', '百', '千', '廿', '卅']) {
        return written
            .chars()
            .try_fold(0u32, |value, c| value.checked_mul(10)?.checked_add(digit(c)?));
    }
    let (mut total, mut pending) = (0u32, None);
    for character in written.chars() {
        let scale = match character {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '廿' => 20,
            '卅' => 30,
            plain => {
                pending = Some(digit(plain)?);
                continue;
            }
        };
        total = total.checked_add(scale * pending.take().unwrap_or(1))?;
    }
    total.checked_add(pending.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_script() {
        for (written, value) in
            [("二十", 20), ("十五", 15), ("三", 3), ("一百二十", 120), ("三〇", 30), ("廿五", 25)]
        {
            assert_eq!(value_of(written), Some(value), "{written}");
        }
    }
}

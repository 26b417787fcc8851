//! Counts a whole table of due dates: CSV in, the same rows with `due_date` and `provisional` out.
//!
//! Rows are read and written one at a time. Must not know: the ledger, files.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use csv::ByteRecord;
use jiff::civil::Date;

use super::sheet::without_guard;
use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::{Counted, CountingFault, Roll, add_period};
use crate::domain::term::PeriodUnit;
use crate::words;
use crate::words::{Lang, Say};

/// The columns a table must have, in the order assumed when it has no header.
pub const COLUMNS: [&str; 4] = ["start_date", "n", "unit", "roll"];

/// Bytes of the buffers for input and output.
const BUFFER: usize = 64 * 1024;

/// How many rows have a date and how many do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchCounts {
    pub counted: u64,
    pub faulty: u64,
}

/// One row without a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFault {
    /// Its line in the input, from 1.
    pub line: u64,
    pub kind: BatchFaultKind,
}

/// What is wrong with a row, with what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum BatchFaultKind {
    /// Fewer cells than columns; `column` is the first that is missing.
    Missing {
        column: &'static str,
    },
    NotADate(String),
    /// Not a whole number, or too large.
    NotANumber(String),
    NotAUnit(String),
    NotARoll(String),
    /// The calendar does not reach.
    Counting(#[from] CountingFault),
}

/// Why a table could not be processed.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum BatchError {
    /// The header lacks a column.
    NoColumn {
        column: &'static str,
    },
    Input(#[source] io::Error),
    Output(#[source] io::Error),
}

impl Say for BatchFaultKind {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Missing { column } => {
                words!(lang, zh = "缺少 {column} 格", en = "has no cell for {column}")
            }
            Self::NotADate(text) => words!(
                lang,
                zh = "start_date：“{text}”不是日期；写法如 2026-02-11",
                en = "start_date: `{text}` is not a date; write for example 2026-02-11"
            ),
            Self::NotANumber(text) => words!(
                lang,
                zh = "n：“{text}”不是整数；写法如 20 或者 -5",
                en = "n: `{text}` is not a whole number; write for example 20 or -5"
            ),
            Self::NotAUnit(text) => words!(
                lang,
                zh = "unit：“{text}”不可用；可写 working、calendar、month",
                en = "unit: `{text}` is not allowed; write one of working, calendar, month"
            ),
            Self::NotARoll(text) => words!(
                lang,
                zh = "roll：“{text}”不可用；可写 none、following、preceding",
                en = "roll: `{text}` is not allowed; write one of none, following, preceding"
            ),
            Self::Counting(fault) => fault.say(lang),
        }
    }
}

impl Say for BatchError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::NoColumn { column } => {
                words!(
                    lang,
                    zh = "表头没有 {column} 列",
                    en = "the header has no column `{column}`"
                )
            }
            Self::Input(error) => words!(
                lang,
                zh = "无法读取输入：{error}",
                en = "cannot read the input: {error}",
                error = error.say(lang)
            ),
            Self::Output(error) => words!(
                lang,
                zh = "无法写出结果：{error}",
                en = "cannot write the output: {error}",
                error = error.say(lang)
            ),
        }
    }
}

/// Reads rows `start_date,n,unit,roll`, writes each with its due date and `true` or `false` for provisional.
///
/// Columns are found by their names in the header; other columns are passed on. Without a header the four columns
/// come first, in that order. `n` may be negative or 0; the counts are those of [`add_period`]. A faulty row is
/// written with both cells empty, so that rows stay aligned, is handed to `report`, and does not stop the rest.
///
/// # Errors
///
/// [`BatchError::NoColumn`], [`BatchError::Input`], [`BatchError::Output`].
///
/// ```
/// use duban::{domain::calendar::WorkCalendar, intake::count_batch::count_batch};
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let input = "start_date,n,unit,roll\n2026-02-11,20,working,none\n2026-02-30,1,month,none\n";
/// let (mut output, mut faults) = (Vec::new(), Vec::new());
/// count_batch(&calendar, input.as_bytes(), &mut output, |fault| faults.push(fault.line)).unwrap();
/// assert_eq!(
///     String::from_utf8(output).unwrap(),
///     "start_date,n,unit,roll,due_date,provisional\n\
///      2026-02-11,20,working,none,2026-03-17,false\n\
///      2026-02-30,1,month,none,,\n"
/// );
/// assert_eq!(faults, [3]);
/// ```
pub fn count_batch(
    calendar: &WorkCalendar,
    input: impl Read,
    output: impl Write,
    mut report: impl FnMut(BatchFault),
) -> Result<BatchCounts, BatchError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(BUFFER)
        .from_reader(input);
    let mut writer =
        csv::WriterBuilder::new().flexible(true).buffer_capacity(BUFFER).from_writer(output);
    let mut next = |row: &mut ByteRecord| {
        reader.read_byte_record(row).map_err(|error| BatchError::Input(error.into()))
    };
    let mut write = |row: &ByteRecord| {
        writer.write_byte_record(row).map_err(|error| BatchError::Output(error.into()))
    };
    let mut row = ByteRecord::new();
    let mut has_row = next(&mut row)?;
    let (columns, is_header) = Columns::of(&row)?;
    let width = row.len();
    if is_header {
        row.extend(["due_date", "provisional"]);
        write(&row)?;
        has_row = next(&mut row)?;
    }
    let mut counts = BatchCounts::default();
    while has_row {
        match columns.count(calendar, &row) {
            Ok(Counted { date, provisional }) => {
                row.extend([date.to_string().as_str(), if provisional { "true" } else { "false" }]);
                counts.counted += 1;
            }
            Err(kind) => {
                let line = row.position().map_or(0, csv::Position::line);
                report(BatchFault { line, kind });
                // A short row is filled up, so that its empty cells stand under the same headers as the others'.
                let missing = width.saturating_sub(row.len());
                row.extend(std::iter::repeat_n("", missing + 2));
                counts.faulty += 1;
            }
        }
        write(&row)?;
        has_row = next(&mut row)?;
    }
    writer.flush().map_err(BatchError::Output)?;
    Ok(counts)
}

/// The positions of the four columns.
#[derive(Clone, Copy, Debug)]
struct Columns([usize; 4]);

impl Columns {
    /// Finds the columns in the first row; the flag says whether it is a header. A row that begins with a date is not.
    fn of(first: &ByteRecord) -> Result<(Self, bool), BatchError> {
        if first.get(0).is_some_and(|cell| date_from(&text(cell)).is_some()) {
            return Ok((Self([0, 1, 2, 3]), false));
        }
        let place = |column: &'static str| {
            let found = first.iter().position(|cell| cell.trim_ascii() == column.as_bytes());
            found.ok_or(BatchError::NoColumn { column })
        };
        let [start, n, unit, roll] = COLUMNS;
        Ok((Self([place(start)?, place(n)?, place(unit)?, place(roll)?]), true))
    }

    fn count(self, calendar: &WorkCalendar, row: &ByteRecord) -> Result<Counted, BatchFaultKind> {
        let Self([start, n, unit, roll]) = self;
        let [start_name, n_name, unit_name, roll_name] = COLUMNS;
        let cell = |place: usize, column: &'static str| {
            row.get(place).map(text).ok_or(BatchFaultKind::Missing { column })
        };
        let start = cell(start, start_name)?;
        let start =
            date_from(&start).ok_or_else(|| BatchFaultKind::NotADate(start.into_owned()))?;
        let n = cell(n, n_name)?;
        let n = without_guard(&n)
            .parse()
            .map_err(|_| BatchFaultKind::NotANumber(n.clone().into_owned()))?;
        let unit = cell(unit, unit_name)?;
        let unit = match unit.as_ref() {
            "working" => PeriodUnit::WorkingDay,
            "calendar" => PeriodUnit::CalendarDay,
            "month" => PeriodUnit::Month,
            _ => return Err(BatchFaultKind::NotAUnit(unit.into_owned())),
        };
        let roll = cell(roll, roll_name)?;
        let roll = match roll.as_ref() {
            "none" => Roll::None,
            "following" => Roll::Following,
            "preceding" => Roll::Preceding,
            _ => return Err(BatchFaultKind::NotARoll(roll.into_owned())),
        };
        Ok(add_period(calendar, start, n, unit, roll)?)
    }
}

fn text(cell: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(cell.trim_ascii())
}

/// Exactly `YYYY-MM-DD`: the parser alone would take other forms of ISO 8601 too.
fn date_from(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == 10 && text.as_bytes().get(4) == Some(&b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Notice;
    use jiff::civil::date;

    fn calendar() -> WorkCalendar {
        let notice = |year| Notice {
            year,
            number: year.to_string(),
            issued: None,
            published: None,
            off: vec![(date(year, 1, 1), "元旦".to_owned())],
            work: Vec::new(),
            amendments: Vec::new(),
        };
        WorkCalendar::merge(&[notice(2025), notice(2026)]).unwrap()
    }

    fn counted(input: &str) -> (String, Vec<String>, BatchCounts) {
        let (mut output, mut faults) = (Vec::new(), Vec::new());
        let report = |fault: BatchFault| faults.push(format!("{}: {}", fault.line, fault.kind));
        let counts = count_batch(&calendar(), input.as_bytes(), &mut output, report).unwrap();
        (String::from_utf8(output).unwrap(), faults, counts)
    }

    #[test]
    fn each_bad_row_is_reported_with_its_line_and_the_rest_is_counted() {
        let (output, faults, counts) = counted(
            "start_date,n,unit,roll\n\
             2026-03-02,x,working,none\n\
             2026-3-2,1,working,none\n\
             2026-03-02,1,days,none\n\
             2026-03-02,1,month,later\n\
             2026-03-02,1\n\
             2024-12-31,1,working,none\n\
             2026-03-02,1,working,none\n",
        );
        insta::assert_snapshot!(faults.join("\n"), @r#"
        2: n: `x` is not a whole number; write for example 20 or -5
        3: start_date: `2026-3-2` is not a date; write for example 2026-02-11
        4: unit: `days` is not allowed; write one of working, calendar, month
        5: roll: `later` is not allowed; write one of none, following, preceding
        6: has no cell for unit
        7: the count uses 2024-12-31, but the calendar begins on 2025-01-01
        "#);
        assert!(output.ends_with(
            "2024-12-31,1,working,none,,\n2026-03-02,1,working,none,2026-03-03,false\n"
        ));
        assert_eq!(counts, BatchCounts { counted: 1, faulty: 6 });
    }

    #[test]
    fn columns_are_found_by_name_and_others_passed_on() {
        let (output, faults, _) = counted(
            "\u{feff}case,roll,unit,n,start_date\n\"甲, \"\"乙\"\"\",following,calendar,5,2026-03-02\n",
        );
        assert!(faults.is_empty(), "{faults:?}");
        let row = "\"甲, \"\"乙\"\"\",following,calendar,5,2026-03-02,2026-03-09,false\n";
        assert!(output.ends_with(row), "{output}");
    }

    #[test]
    fn a_table_without_a_header_is_read_in_the_fixed_order() {
        let (output, ..) = counted("2026-03-02,-1,working,none\n2027-03-01,0,working,following\n");
        assert_eq!(
            output,
            "2026-03-02,-1,working,none,2026-02-27,false\n2027-03-01,0,working,following,2027-03-01,true\n"
        );
    }

    #[test]
    fn a_header_without_a_column_is_refused() {
        let fault = count_batch(&calendar(), "start_date,n\n".as_bytes(), io::sink(), |_| {});
        assert!(matches!(fault, Err(BatchError::NoColumn { column: "unit" })));
    }
}

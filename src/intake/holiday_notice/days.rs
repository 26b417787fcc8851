//! The days in one holiday's part of a notice: which are off, which are worked.
//!
//! Days stand in lists (2月14日（周六）、2月28日（周六）) and spans (10月1日至7日); the words behind them say what they are.
//! Must not know: titles, numbers of papers, other holidays.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::fault::HolidayNoticeFault;

/// Words behind days that are off.
const OFF: [&str; 8] =
    ["放假", "补休", "调休", "休息", "休假", "全国放假", "全体公民放假", "为假期"];
/// Words behind days that are worked.
const WORK: [&str; 8] =
    ["上班", "照常上班", "正常上班", "要上班", "为工作日", "工作日", "照常工作", "补班"];
/// Words before days that are worked: 调休上班：1月26日、2月8日.
const WORK_BEFORE: [&str; 4] = ["上班：", "上班日：", "上班日期：", "补班："];
/// Words of a sentence that only recommends.
const ADVICE: [&str; 2] = ["鼓励", "建议"];
const SPANS: [&str; 9] = ["至", "到", "——", "—", "–", "-", "~", "～", "－"];
const LISTS: [char; 3] = ['、', '和', '及'];
/// Words before the new last day of a holiday that is prolonged: 延长2020年春节假期至2月2日.
const PROLONGED_TO: [&str; 4] = ["假期至", "延长至", "延至", "假期延长到"];
const WEEKDAYS: [(char, Weekday); 8] = [
    ('一', Weekday::Monday),
    ('二', Weekday::Tuesday),
    ('三', Weekday::Wednesday),
    ('四', Weekday::Thursday),
    ('五', Weekday::Friday),
    ('六', Weekday::Saturday),
    ('日', Weekday::Sunday),
    ('天', Weekday::Sunday),
];

/// The days of one holiday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HolidayDays {
    pub(super) off: BTreeSet<Date>,
    pub(super) work: BTreeSet<Date>,
    /// The holiday is prolonged until this day.
    pub(super) prolonged_to: Option<Date>,
    pub(super) faults: Vec<HolidayNoticeFault>,
}

/// A date as written, with what the text before it leaves out.
#[derive(Clone, Debug)]
struct WrittenDate {
    date: Date,
}

struct Reader<'t> {
    rest: &'t str,
    /// What was read last.
    before: &'t str,
    whole: &'t str,
    year: i16,
    /// The month named last.
    month: Option<i8>,
    days: HolidayDays,
}

/// Reads the days in `text`; `year` is that of the notice, `holiday` is named in faults.
pub(super) fn days_in(text: &str, year: i16, holiday: &str) -> HolidayDays {
    let mut reader = Reader {
        rest: text,
        before: "",
        whole: text,
        year,
        month: None,
        days: HolidayDays::default(),
    };
    while !reader.rest.is_empty() {
        let before = reader.before;
        let listed = reader.list();
        if listed.is_empty() {
            reader.skip_character();
        } else {
            reader.judge(before, &listed, holiday);
        }
    }
    reader.days
}

impl<'t> Reader<'t> {
    fn skip_character(&mut self) {
        let length = self.rest.chars().next().map_or(1, char::len_utf8);
        self.advance(length);
    }

    fn advance(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
        let read = self.whole.len() - self.rest.len();
        self.before = self.whole.get(..read).unwrap_or_default();
    }

    /// Days and spans with nothing but 、 between them.
    fn list(&mut self) -> Vec<Date> {
        let mut listed = Vec::new();
        loop {
            let start = self.rest;
            if !listed.is_empty() {
                let Some(behind) = self.rest.strip_prefix(LISTS) else { break };
                self.advance(self.rest.len() - behind.len());
            }
            let Some(first) = self.date() else {
                self.advance_back_to(start);
                break;
            };
            let dash = SPANS.iter().find(|dash| self.rest.starts_with(**dash));
            let before_dash = self.rest;
            let last = dash.and_then(|dash| {
                self.advance(dash.len());
                self.date()
            });
            match last {
                Some(last) if first.date <= last.date => {
                    let days = first.date.series(1.day()).take_while(|day| *day <= last.date);
                    listed.extend(days.take(60));
                }
                Some(last) => listed.extend([first.date, last.date]),
                None => {
                    self.advance_back_to(before_dash);
                    listed.push(first.date);
                }
            }
        }
        listed
    }

    fn advance_back_to(&mut self, rest: &'t str) {
        self.rest = rest;
        let read = self.whole.len() - rest.len();
        self.before = self.whole.get(..read).unwrap_or_default();
    }

    /// 2月15日（农历腊月二十八、周日）, 2022年12月31日, 28日 behind another day of the month.
    fn date(&mut self) -> Option<WrittenDate> {
        if self.before.ends_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let start = self.rest;
        let mut rest = self.rest;
        let number = |text: &mut &'t str, unit: char| {
            let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = text.get(..text.len() - behind.len())?;
            *text = behind.strip_prefix(unit)?;
            digits.parse::<i16>().ok()
        };
        let year = number(&mut rest, '年').or_else(|| {
            rest = start;
            None
        });
        let behind_year = rest;
        let month = number(&mut rest, '月').or_else(|| {
            rest = behind_year;
            None
        });
        let day = number(&mut rest, '日').or_else(|| number(&mut rest, '号'))?;
        let month = month.and_then(|month| i8::try_from(month).ok()).or(self.month)?;
        let bracket = bracket(rest);
        let weekday = bracket.and_then(weekday_in).or_else(|| weekday_in(bare_weekday(rest)));
        let length = bracket.map_or(0, |inside| inside.len() + "（）".len());
        let written = start.get(..start.len() - rest.len()).unwrap_or_default();
        self.advance(start.len() - rest.len() + length);
        self.month = Some(month);
        let in_year = |year: i16| Date::new(year, month, i8::try_from(day).ok()?).ok();
        let named = year.or(Some(self.year)).and_then(in_year);
        // 12月31日（星期六） in the notice of 2012 is that of 2011
        let before = (year.is_none() && month == 12).then(|| in_year(self.year - 1)).flatten();
        let fits = |date: &Date| weekday.is_none_or(|(day, _)| date.weekday() == day);
        let Some(date) = before.filter(fits).or(named) else {
            self.days.faults.push(HolidayNoticeFault::NoSuchDay { written: written.to_owned() });
            return None;
        };
        if let Some((_, word)) = weekday.filter(|_| !fits(&date)) {
            let written = format!("周{word}");
            self.days.faults.push(HolidayNoticeFault::OtherWeekday { date, written });
        }
        Some(WrittenDate { date })
    }

    /// Takes listed days by the words behind them; `before` is the text before them.
    fn judge(&mut self, before: &str, listed: &[Date], holiday: &str) {
        let sentence = before.rsplit(['。', '；', ';', '\n']).next().unwrap_or_default();
        let begins = |words: &[&str]| words.iter().any(|word| self.rest.starts_with(word));
        let ends = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
        if ADVICE.iter().any(|word| sentence.contains(word)) {
            return;
        }
        if begins(&OFF) {
            self.days.off.extend(listed);
            self.compare_count(listed.len(), holiday);
        } else if begins(&WORK) || ends(&WORK_BEFORE) {
            self.days.work.extend(listed);
        } else if let [last] = listed
            && ends(&PROLONGED_TO)
        {
            self.days.prolonged_to = Some(*last);
        }
    }

    /// 共3天 behind the days. Days that join a weekend are not all written.
    fn compare_count(&mut self, found: usize, holiday: &str) {
        let sentence = self.rest.split(['。', '；', '\n']).next().unwrap_or_default();
        let written = ["共", "放假"].iter().find_map(|word| {
            let (_, behind) = sentence.split_once(word)?;
            let digits = behind.split(|c: char| !c.is_ascii_digit()).next()?;
            behind.strip_prefix(digits)?.strip_prefix('天')?;
            digits.parse::<usize>().ok()
        });
        let Some(written) = written.filter(|_| !sentence.contains("连休")) else { return };
        if written != found {
            let holiday = holiday.to_owned();
            self.days.faults.push(HolidayNoticeFault::OtherCount { holiday, found, written });
        }
    }
}

/// What stands in a bracket at the beginning of `text`.
fn bracket(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('（')?;
    inside.get(..inside.find('）')?)
}

fn bare_weekday(text: &str) -> &str {
    let until = text.char_indices().nth(3).map_or(text.len(), |(place, _)| place);
    let head = text.get(..until).unwrap_or_default();
    if head.starts_with('周') || head.starts_with("星期") { head } else { "" }
}

/// The day of the week that `text` names: 周六, 星期天.
fn weekday_in(text: &str) -> Option<(Weekday, char)> {
    ["星期", "周"].iter().find_map(|word| {
        let (_, behind) = text.split_once(word)?;
        let first = behind.chars().next()?;
        WEEKDAYS.iter().find(|(name, _)| *name == first).map(|(name, day)| (*day, *name))
    })
}

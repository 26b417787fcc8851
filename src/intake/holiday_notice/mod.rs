//! The State Council's holiday notice (放假安排通知) as it is published: text in paragraphs, one for each holiday.
//!
//! Must not know: kinds of files, the ledger, how notices are merged. Callers: cli.

mod days;
mod fault;

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

pub use self::fault::HolidayNoticeFault;

use self::days::{HolidayDays, days_in};
use crate::domain::calendar::{Amendment, Notice};
use crate::domain::expression::{in_simplified_script, read_date};

/// Words of a title that change an earlier notice.
const CHANGES: [&str; 4] = ["调整", "延长", "修改", "变更"];
/// Words before the day a page was put up.
const PUBLISHED: [&str; 4] = ["发布日期", "发布时间", "公布日期", "发文日期"];
/// Words before the day of issue, in the table above a notice.
const ISSUED: [&str; 2] = ["成文日期", "成文时间"];
/// Longest title, in characters.
const LONGEST_TITLE: usize = 80;

/// A notice as its text says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedNotice {
    pub year: i16,
    /// 发文字号, else the title.
    number: String,
    issued: Option<Date>,
    published: Option<Date>,
    holidays: Vec<(String, HolidayDays)>,
    /// It changes the notice of its year.
    pub is_amendment: bool,
}

/// Reads the text of a notice.
///
/// # Errors
///
/// Every fault of the text: a year or days that are missing, days of the week and sums that do not fit.
pub fn read_holiday_notice(text: &str) -> Result<PublishedNotice, Vec<HolidayNoticeFault>> {
    let text = normalized(&without_tables(text));
    let title = title_of(&text);
    let issued = day_behind(&text, &ISSUED).or_else(|| last_line_that_is_a_day(&text));
    let number = number_in(&text);
    let Some(year) = year_of(&text, title.as_deref(), issued) else {
        return Err(vec![HolidayNoticeFault::YearMissing]);
    };
    let parts = parts_of(&text);
    let is_change = |title: &String| CHANGES.iter().any(|word| title.contains(word));
    let is_amendment = parts.is_empty() || title.as_ref().is_some_and(is_change);
    let parts = if parts.is_empty() {
        vec![(occasion(&text, title.as_deref()), text.clone())]
    } else {
        parts
    };
    let mut holidays: Vec<(String, HolidayDays)> = Vec::new();
    for (name, text) in parts {
        let days = days_in(&text, year, &name);
        holidays.push((name, days));
    }
    let mut faults: Vec<HolidayNoticeFault> =
        holidays.iter().flat_map(|(_, days)| days.faults.iter().cloned()).collect();
    let names_days = |days: &HolidayDays| {
        !days.off.is_empty() || !days.work.is_empty() || days.prolonged_to.is_some()
    };
    if !holidays.iter().any(|(_, days)| names_days(days)) {
        faults = vec![HolidayNoticeFault::NoDays];
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let published = day_behind(&text, &PUBLISHED);
    let number = number.or(title).unwrap_or_else(|| format!("{year}年放假安排"));
    Ok(PublishedNotice { year, number, issued, published, holidays, is_amendment })
}

impl PublishedNotice {
    /// The notice as a whole year's; for an amendment, `base` with what it changes.
    ///
    /// # Errors
    ///
    /// [`HolidayNoticeFault::NothingToAmend`] when an amendment has no `base`.
    pub fn applied_to(self, base: Option<&Notice>) -> Result<Notice, HolidayNoticeFault> {
        if !self.is_amendment {
            return Ok(self.whole());
        }
        let base = base.ok_or(HolidayNoticeFault::NothingToAmend { year: self.year })?;
        Ok(self.amending(base))
    }

    fn whole(self) -> Notice {
        let named = |days: fn(&HolidayDays) -> &BTreeSet<Date>| {
            let holidays = self.holidays.iter();
            let all = holidays
                .flat_map(|(name, of)| days(of).iter().map(move |day| (*day, name.clone())));
            let mut all: Vec<(Date, String)> = all.collect();
            all.sort();
            all
        };
        Notice {
            year: self.year,
            number: self.number.clone(),
            issued: self.issued,
            published: self.published,
            off: named(|days| &days.off),
            work: named(|days| &days.work),
            amendments: Vec::new(),
        }
    }

    fn amending(self, base: &Notice) -> Notice {
        // the same amendment once more changes nothing
        let is_known = base.amendments.iter().any(|known| known.number == self.number);
        let day_before = self.issued.filter(|_| is_known).and_then(|day| day.yesterday().ok());
        let before = day_before.and_then(|day| base.as_of(day));
        let mut notice = before.unwrap_or_else(|| base.clone());
        let mut amendment = Amendment {
            number: self.number.clone(),
            issued: self.issued.unwrap_or_else(|| base.issued.unwrap_or_default()),
            published: self.published,
            off_added: Vec::new(),
            off_removed: Vec::new(),
            work_added: Vec::new(),
            work_removed: Vec::new(),
        };
        for (name, days) in &self.holidays {
            change(&mut notice, &mut amendment, name, days);
        }
        let lists = [
            &mut amendment.off_added,
            &mut amendment.off_removed,
            &mut amendment.work_added,
            &mut amendment.work_removed,
        ];
        for list in lists {
            list.sort();
        }
        notice.off.sort();
        notice.work.sort();
        notice.amendments.retain(|known| known.number != amendment.number);
        notice.amendments.push(amendment);
        notice
    }
}

/// Changes the days of one holiday: what is named replaces what it had; a day it is prolonged by is off.
fn change(notice: &mut Notice, amendment: &mut Amendment, name: &str, days: &HolidayDays) {
    let is_of = |of: &String| of.split('、').any(|part| name.split('、').any(|it| it == part));
    let of_holiday = |list: &[(Date, String)]| -> BTreeSet<Date> {
        list.iter().filter(|(_, of)| is_of(of)).map(|(day, _)| *day).collect()
    };
    let (old_off, old_work) = (of_holiday(&notice.off), of_holiday(&notice.work));
    let (mut off, mut work) = (days.off.clone(), days.work.clone());
    if let (Some(until), Some(last)) = (days.prolonged_to, old_off.last()) {
        let more = last.series(1.day()).skip(1).take_while(|day| *day <= until).take(60);
        off = old_off.iter().copied().chain(more).collect();
        work = old_work.iter().copied().filter(|day| !off.contains(day)).collect();
    }
    let add = |list: &mut Vec<(Date, String)>, days: &BTreeSet<Date>, old: &BTreeSet<Date>| {
        let added: Vec<Date> = days.difference(old).copied().collect();
        list.extend(added.iter().map(|day| (*day, name.to_owned())));
        added
    };
    let remove = |list: &mut Vec<(Date, String)>, days: &BTreeSet<Date>, old: &BTreeSet<Date>| {
        let removed: Vec<Date> = old.difference(days).copied().collect();
        list.retain(|(day, _)| !removed.contains(day));
        removed
    };
    amendment.off_removed.extend(remove(&mut notice.off, &off, &old_off));
    amendment.work_removed.extend(remove(&mut notice.work, &work, &old_work));
    amendment.off_added.extend(add(&mut notice.off, &off, &old_off));
    amendment.work_added.extend(add(&mut notice.work, &work, &old_work));
}

/// Rows of a table as sentences: 元旦 │ 1月1日至3日 │ 1月4日 under 节日 │ 放假时间 │ 调休上班 become 元旦：1月1日至3日放假。1月4日上班。
fn without_tables(text: &str) -> String {
    let mut heads: Vec<&str> = Vec::new();
    let mut plain = String::with_capacity(text.len());
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let holiday = cells.iter().position(|cell| holidays_in(cell).is_some());
        match holiday {
            Some(name) if cells.len() > 1 => {
                for (column, cell) in cells.iter().enumerate().skip(name) {
                    plain.push_str(cell);
                    plain.push_str(match heads.get(column) {
                        _ if column == name => "：",
                        Some(head) if cell.ends_with(['日', '）', ')']) => meaning_of(head),
                        _ => "。",
                    });
                }
            }
            _ => {
                heads = cells;
                plain.push_str(line);
            }
        }
        plain.push('\n');
    }
    plain
}

/// What the days below a head are.
fn meaning_of(head: &str) -> &'static str {
    if ["上班", "补班"].iter().any(|word| head.contains(word)) {
        "上班。"
    } else if ["放假", "假期", "时间", "日期", "休"].iter().any(|word| head.contains(word))
    {
        "放假。"
    } else {
        "。"
    }
}

/// The text in simplified script and common marks, without blanks.
fn normalized(text: &str) -> String {
    let common = |character: char| match in_simplified_script(character) {
        '(' => '（',
        ')' => '）',
        ':' => '：',
        '［' | '[' => '〔',
        '］' | ']' => '〕',
        '０'..='９' => {
            let digit = u32::from(character) - u32::from('０') + u32::from('0');
            char::from_u32(digit).unwrap_or(character)
        }
        '‐' | '‑' | '−' | '─' => '—',
        '○' | 'Ｏ' => '〇',
        other => other,
    };
    let is_kept = |character: &char| {
        *character == '\n' || !character.is_whitespace() && !"\u{feff}\u{200b}".contains(*character)
    };
    text.chars().map(common).filter(is_kept).collect()
}

/// 国务院办公厅关于2026年部分节假日安排的通知, also when it stands on several lines.
fn title_of(text: &str) -> Option<String> {
    let end = text.match_indices("的通知").find_map(|(place, words)| {
        let end = place + words.len();
        let before = text.get(..end)?;
        let start = before.rfind("关于")?;
        let is_near = before.get(start..)?.chars().count() <= LONGEST_TITLE;
        let is_about_holidays = ["假", "休"]
            .iter()
            .any(|word| before.get(start..).is_some_and(|title| title.contains(word)));
        (is_near && is_about_holidays).then_some((start, end))
    });
    let (start, end) = end?;
    Some(text.get(start..end)?.chars().filter(|c| *c != '\n').collect())
}

/// The year of the title, else the first year before a holiday or a month, else that of the issue.
fn year_of(text: &str, title: Option<&str>, issued: Option<Date>) -> Option<i16> {
    let years = |text: &str| -> Vec<(i16, String)> {
        text.match_indices('年')
            .filter_map(|(place, _)| {
                let before = text.get(..place)?;
                let digits = before.get(before.len().checked_sub(4)?..)?;
                let behind = text.get(place + '年'.len_utf8()..)?;
                let year = digits.parse().ok().filter(|year| (1990..=2199).contains(year))?;
                Some((year, behind.chars().take(8).collect()))
            })
            .collect()
    };
    let of_title = title.and_then(|title| years(title).first().map(|(year, _)| *year));
    let is_about = |behind: &str| {
        ["部分节假日", "节假日", "放假", "假期"].iter().any(|word| behind.starts_with(word))
            || names().iter().any(|(name, _)| behind.starts_with(*name))
    };
    let named = years(text);
    let about = || named.iter().find(|(_, behind)| is_about(behind)).map(|(year, _)| *year);
    let is_month = |behind: &str| behind.starts_with(|c: char| c.is_ascii_digit());
    let dated = || named.iter().find(|(_, behind)| is_month(behind)).map(|(year, _)| *year);
    of_title.or_else(about).or_else(|| issued.map(Date::year)).or_else(dated)
}

/// 国办发明电〔2025〕7号: the number outside of quotations.
fn number_in(text: &str) -> Option<String> {
    text.match_indices('〔').find_map(|(place, _)| {
        let (before, behind) = text.split_at_checked(place)?;
        let letters: Vec<char> =
            before.chars().rev().take_while(|c| "国办发明电函令院".contains(*c)).collect();
        let end = behind.find('号').filter(|end| *end <= 24)?;
        let year: &str = behind.strip_prefix('〔')?.split('〕').next()?;
        let is_number = letters.len() >= 2 && year.chars().all(|c| c.is_ascii_digit());
        let number = behind.get(..end)?;
        is_number.then(|| format!("{}{number}号", letters.iter().rev().collect::<String>()))
    })
}

fn day_behind(text: &str, labels: &[&str]) -> Option<Date> {
    labels.iter().find_map(|label| {
        let (_, behind) = text.split_once(label)?;
        let behind = behind.trim_start_matches(['：', '\n']);
        let end = behind.find('日').map_or_else(
            || behind.find(|c: char| !c.is_ascii_digit() && c != '-'),
            |place| Some(place + '日'.len_utf8()),
        );
        read_date(behind.get(..end.unwrap_or(behind.len()).min(24))?)
    })
}

fn last_line_that_is_a_day(text: &str) -> Option<Date> {
    let lines = text.lines().rev().map(|line| line.trim_start_matches("国务院办公厅"));
    lines
        .filter(|line| line.ends_with('日'))
        .find_map(|line| read_date(line.trim_start_matches("国务院")))
}

/// Each holiday with what the notice says about it.
fn parts_of(text: &str) -> Vec<(String, String)> {
    let heads: Vec<(usize, usize, String)> = text
        .match_indices('：')
        .filter_map(|(place, colon)| {
            let before = text.get(..place)?;
            let start = before.rfind(['\n', '。', '；']).map_or(0, |at| {
                at + before.get(at..).and_then(|it| it.chars().next()).map_or(0, char::len_utf8)
            });
            Some((start, place + colon.len(), holidays_in(before.get(start..)?)?))
        })
        .collect();
    let ends = heads.iter().skip(1).map(|(start, ..)| *start).chain([text.len()]);
    let parts = heads.iter().zip(ends).filter_map(|((_, from, name), until)| {
        Some((name.clone(), text.get(*from..until)?.to_owned()))
    });
    parts.collect()
}

/// The holidays that a head names and nothing else: 六、国庆节、中秋节.
fn holidays_in(head: &str) -> Option<String> {
    let head = head.rsplit('\t').next().unwrap_or(head);
    let numbered = head.split_once(['、', '.', '．']).filter(|(number, _)| {
        number.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十（）".contains(c))
            && known(number).is_none()
    });
    let head = numbered.map_or(head, |(_, head)| head);
    let parts: Option<Vec<&str>> = head.split(['、', '和', '与', '及']).map(known).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("、"))
}

/// The holiday that an amendment is about: the first that its title names, else the occasion of the title.
fn occasion(text: &str, title: Option<&str>) -> String {
    let title = title.unwrap_or(text);
    let named = names().iter().find(|(name, _)| title.contains(*name));
    named.map_or_else(
        || {
            let about = title.split_once("关于").map_or(title, |(_, about)| about);
            let end = ["调休", "放假"].iter().filter_map(|word| about.find(word)).min();
            about.get(..end.unwrap_or(about.len())).unwrap_or_default().to_owned()
        },
        |(_, canonical)| (*canonical).to_owned(),
    )
}

/// What a holiday is called in the calendar, whatever quotation marks stand in its name.
fn known(name: &str) -> Option<&'static str> {
    let name: String = name.chars().filter(|c| !"“”\"《》".contains(*c)).collect();
    let found = names().iter().find(|(written, _)| *written == name);
    found.map(|(_, canonical)| *canonical)
}

/// Every name of a holiday with its name in the calendar.
fn names() -> &'static [(&'static str, &'static str)] {
    static NAMES: std::sync::LazyLock<Vec<(&str, &str)>> = std::sync::LazyLock::new(|| {
        let lines = include_str!("names.txt").lines().filter(|line| !line.starts_with('#'));
        let of_line = |line: &'static str| {
            let canonical = line.split_whitespace().next().unwrap_or_default();
            line.split_whitespace().map(move |name| (name, canonical))
        };
        lines.flat_map(of_line).collect()
    });
    &NAMES
}

//! Files of days in JSON: notices (our `cn-calendar/1`, and NateScarlet/holiday-cn), local days, days of single units.
//!
//! Must not know: how notices are merged, where imported ones are kept.

use std::fmt;
use std::path::Path;

use jiff::civil::{Date, date};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Value, json};

use super::fault::{ConfigFault, DaysFault, FaultKind, Place};
use crate::domain::calendar::{Amendment, Notice, Overlay};

/// The notices this program was built with, by file name.
const SHIPPED: [(&str, &str); 20] = [
    ("cn-2007.json", include_str!("../../config/calendar/cn-2007.json")),
    ("cn-2008.json", include_str!("../../config/calendar/cn-2008.json")),
    ("cn-2009.json", include_str!("../../config/calendar/cn-2009.json")),
    ("cn-2010.json", include_str!("../../config/calendar/cn-2010.json")),
    ("cn-2011.json", include_str!("../../config/calendar/cn-2011.json")),
    ("cn-2012.json", include_str!("../../config/calendar/cn-2012.json")),
    ("cn-2013.json", include_str!("../../config/calendar/cn-2013.json")),
    ("cn-2014.json", include_str!("../../config/calendar/cn-2014.json")),
    ("cn-2015.json", include_str!("../../config/calendar/cn-2015.json")),
    ("cn-2016.json", include_str!("../../config/calendar/cn-2016.json")),
    ("cn-2017.json", include_str!("../../config/calendar/cn-2017.json")),
    ("cn-2018.json", include_str!("../../config/calendar/cn-2018.json")),
    ("cn-2019.json", include_str!("../../config/calendar/cn-2019.json")),
    ("cn-2020.json", include_str!("../../config/calendar/cn-2020.json")),
    ("cn-2021.json", include_str!("../../config/calendar/cn-2021.json")),
    ("cn-2022.json", include_str!("../../config/calendar/cn-2022.json")),
    ("cn-2023.json", include_str!("../../config/calendar/cn-2023.json")),
    ("cn-2024.json", include_str!("../../config/calendar/cn-2024.json")),
    ("cn-2025.json", include_str!("../../config/calendar/cn-2025.json")),
    ("cn-2026.json", include_str!("../../config/calendar/cn-2026.json")),
];

/// Listed as a make-up day by holiday-cn, but a Monday: the ordinary first day back at work.
const ORDINARY_MONDAY: Date = date(2020, 2, 3);

/// The notices this program was built with, oldest first.
///
/// # Errors
///
/// None in a released build: a test reads them all.
pub fn shipped() -> Result<Vec<Notice>, Vec<ConfigFault>> {
    // A test checks them, so that a start need not.
    SHIPPED
        .iter()
        .map(|(name, text)| Ok(parse::<OwnFile>(Path::new(name), text)?.into_notice()))
        .collect()
}

/// Reads one calendar file in either format, recognised by its keys; `path` is for the faults only.
///
/// # Errors
///
/// The first fault of the form, or every fault of the notice.
pub fn read(path: &Path, text: &str) -> Result<Notice, Vec<ConfigFault>> {
    let at_file = |fault| fault_at(path, None, fault);
    let keys: Keys = parse(path, text)?;
    let notice = if keys.schema.is_some() {
        parse::<OwnFile>(path, text)?.into_notice()
    } else if keys.days.is_some() {
        let file: HolidayCnFile = parse(path, text)?;
        file.into_notice().map_err(|fault| vec![at_file(fault)])?
    } else {
        return Err(vec![at_file(DaysFault::UnknownFormat)]);
    };
    let faults = notice.faults();
    if faults.is_empty() {
        return Ok(notice);
    }
    Err(faults.into_iter().map(DaysFault::Notice).map(at_file).collect())
}

/// A notice in the format `cn-calendar/1`, as [`read`] reads it.
pub fn write(notice: &Notice) -> String {
    let amendment = |amendment: &Amendment| {
        json!({
            "notice": amendment.number,
            "issued": amendment.issued,
            "published": amendment.published,
            "off_added": amendment.off_added,
            "off_removed": amendment.off_removed,
            "work_added": amendment.work_added,
            "work_removed": amendment.work_removed,
        })
    };
    let days = |days: &[(Date, String)]| -> serde_json::Map<String, Value> {
        days.iter().map(|(day, name)| (day.to_string(), Value::from(name.as_str()))).collect()
    };
    let file = json!({
        "schema": "cn-calendar/1",
        "year": notice.year,
        "notice": notice.number,
        "issued": notice.issued,
        "published": notice.published,
        "amendments": notice.amendments.iter().map(amendment).collect::<Vec<_>>(),
        "off": days(&notice.off),
        "work": days(&notice.work),
    });
    format!("{file:#}\n")
}

/// Reads a file of local rest and work days: `{"schema": "local-days/1", "name": …, "off": {…}, "work": {…}}`.
///
/// # Errors
///
/// The first fault of the file.
pub fn read_local(path: &Path, text: &str) -> Result<Overlay, Vec<ConfigFault>> {
    let LocalFile { name, off, work, .. } = parse(path, text)?;
    Ok(Overlay { name, rest: off.0, work: work.0 })
}

/// Reads a file of rest and work days of one unit: as [`read_local`], with the schema `unit-days/1` and the key `unit`.
/// Returns the unit's name with its days.
///
/// # Errors
///
/// The first fault of the file.
pub fn read_unit_days(path: &Path, text: &str) -> Result<(String, Overlay), Vec<ConfigFault>> {
    let UnitFile { unit, name, off, work, .. } = parse(path, text)?;
    Ok((unit, Overlay { name, rest: off.0, work: work.0 }))
}

fn parse<'t, T: Deserialize<'t>>(path: &Path, text: &'t str) -> Result<T, Vec<ConfigFault>> {
    serde_json::from_str(text)
        .map_err(|error| vec![fault_at(path, Some(error.line()), fault_of_json(&error))])
}

pub(super) fn fault_at(path: &Path, line: Option<usize>, fault: DaysFault) -> ConfigFault {
    let place = Place::File { path: path.to_owned(), line };
    ConfigFault { place, key: String::new(), kind: FaultKind::Days(fault) }
}

/// What serde says of a key stands between backticks: "unknown field `x`, expected …", "missing field `x` at line …".
fn fault_of_json(error: &serde_json::Error) -> DaysFault {
    let message = error.to_string();
    let key = message.split('`').nth(1).unwrap_or_default().to_owned();
    match error.classify() {
        Category::Data if message.starts_with("unknown field") => DaysFault::UnknownKey { key },
        Category::Data if message.starts_with("missing field") => DaysFault::Missing { key },
        Category::Data => DaysFault::Value { column: error.column(), english: message },
        Category::Syntax | Category::Eof | Category::Io => {
            DaysFault::Syntax { column: error.column() }
        }
    }
}

/// What tells the formats apart.
#[derive(Deserialize)]
struct Keys {
    schema: Option<Value>,
    days: Option<Value>,
}

#[derive(Deserialize)]
enum OwnSchema {
    #[serde(rename = "cn-calendar/1")]
    Version1,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFile {
    #[serde(rename = "schema")]
    _schema: OwnSchema,
    year: i16,
    notice: String,
    issued: Option<Date>,
    published: Option<Date>,
    amendments: Vec<OwnAmendment>,
    off: Days,
    work: Days,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnAmendment {
    notice: String,
    issued: Date,
    published: Option<Date>,
    off_added: Vec<Date>,
    off_removed: Vec<Date>,
    work_added: Vec<Date>,
    work_removed: Vec<Date>,
}

#[derive(Deserialize)]
enum LocalSchema {
    #[serde(rename = "local-days/1")]
    Version1,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocalFile {
    #[serde(rename = "schema")]
    _schema: LocalSchema,
    name: String,
    off: Days,
    work: Days,
}

#[derive(Deserialize)]
enum UnitSchema {
    #[serde(rename = "unit-days/1")]
    Version1,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitFile {
    #[serde(rename = "schema")]
    _schema: UnitSchema,
    unit: String,
    name: String,
    off: Days,
    work: Days,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayCnFile {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    #[serde(rename = "$id")]
    _id: Option<String>,
    year: i16,
    papers: Vec<String>,
    days: Vec<HolidayCnDay>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayCnDay {
    name: String,
    date: Date,
    #[serde(rename = "isOffDay")]
    is_off_day: bool,
}

/// A JSON object from date to name that keeps a key given twice, so that the check can name it.
struct Days(Vec<(Date, String)>);

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DaysVisitor;

        impl<'de> Visitor<'de> for DaysVisitor {
            type Value = Days;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object from date to holiday name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Days, A::Error> {
                let mut days = Vec::new();
                while let Some(day) = map.next_entry()? {
                    days.push(day);
                }
                days.sort();
                Ok(Days(days))
            }
        }

        deserializer.deserialize_map(DaysVisitor)
    }
}

impl OwnFile {
    fn into_notice(self) -> Notice {
        Notice {
            year: self.year,
            number: self.notice,
            issued: self.issued,
            published: self.published,
            off: self.off.0,
            work: self.work.0,
            amendments: self.amendments.into_iter().map(OwnAmendment::into_amendment).collect(),
        }
    }
}

impl OwnAmendment {
    fn into_amendment(self) -> Amendment {
        Amendment {
            number: self.notice,
            issued: self.issued,
            published: self.published,
            off_added: self.off_added,
            off_removed: self.off_removed,
            work_added: self.work_added,
            work_removed: self.work_removed,
        }
    }
}

impl HolidayCnFile {
    /// The format gives final days and the papers' addresses, no numbers, no dates of issue, no amendments.
    fn into_notice(self) -> Result<Notice, DaysFault> {
        if self.papers.is_empty() && !self.days.is_empty() {
            return Err(DaysFault::NoPaper);
        }
        let (mut off, mut work) = (Vec::new(), Vec::new());
        for day in self.days {
            if day.is_off_day {
                off.push((day.date, day.name));
            } else if day.date != ORDINARY_MONDAY {
                work.push((day.date, day.name));
            }
        }
        off.sort();
        work.sort();
        Ok(Notice {
            year: self.year,
            number: self.papers.join(" "),
            issued: None,
            published: None,
            off,
            work,
            amendments: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Lang, Say as _};

    fn said(faults: &[ConfigFault]) -> String {
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_file_in_the_folder_is_shipped_and_sound() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/config/calendar");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        assert_eq!(files, SHIPPED.map(|(name, _)| name.to_owned()));
        let checked: Vec<Notice> =
            SHIPPED.iter().map(|(name, text)| read(Path::new(name), text).unwrap()).collect();
        assert_eq!(shipped().unwrap(), checked);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_name_and_line() {
        let text = "{\n\"schema\": \"cn-calendar/1\", \"yaer\": 2027}";
        let faults = read(Path::new("cn-2027.json"), text).unwrap_err();
        assert_eq!(said(&faults), "cn-2027.json:2: unknown field `yaer`");
        assert_eq!(faults[0].say(Lang::Zh), "cn-2027.json第2行：没有“yaer”这一项");
    }

    #[test]
    fn a_date_given_twice_is_seen_although_json_would_drop_it() {
        let text = SHIPPED[19].1.replacen(
            "\"2026-01-01\": \"元旦\",",
            "\"2026-01-01\": \"元旦\", \"2026-01-01\": \"元旦\",",
            1,
        );
        let fault = said(&read(Path::new("twice.json"), &text).unwrap_err());
        assert!(fault.starts_with("twice.json: lists 2026-01-01 twice"), "{fault}");
    }

    #[test]
    fn an_empty_year_of_holiday_cn_is_not_a_known_year() {
        let text = r#"{"year": 2027, "papers": [], "days": []}"#;
        assert_eq!(
            said(&read(Path::new("2027.json"), text).unwrap_err()),
            "2027.json: lists no rest day"
        );
    }

    #[test]
    fn holiday_cn_files_give_the_same_days_as_ours() {
        for notice in shipped().unwrap() {
            let read = read(Path::new("holiday-cn"), &holiday_cn_text(&notice)).unwrap();
            assert_eq!((read.off, read.work), (notice.off, notice.work), "{}", notice.year);
        }
    }

    #[test]
    fn local_days_are_read_and_unknown_keys_refused() {
        let text = r#"{"schema": "local-days/1", "name": "榆中县", "off": {"2026-08-01": "县庆"}, "work": {}}"#;
        let overlay = read_local(Path::new("local.json"), text).unwrap();
        assert_eq!(overlay.rest, [(date(2026, 8, 1), "县庆".to_owned())]);
        let faults =
            read_local(Path::new("local.json"), &text.replace("work", "wrok")).unwrap_err();
        assert_eq!(said(&faults), "local.json:1: unknown field `wrok`");
    }

    fn holiday_cn_text(notice: &Notice) -> String {
        let day = |(date, name): &(Date, String), off: bool| serde_json::json!({"name": name, "date": date, "isOffDay": off});
        let mut days: Vec<_> = notice.off.iter().map(|entry| day(entry, true)).collect();
        days.extend(notice.work.iter().map(|entry| day(entry, false)));
        if notice.year == 2020 {
            days.push(day(&(ORDINARY_MONDAY, "春节".to_owned()), false));
        }
        let papers = ["https://www.gov.example/content_1.htm"];
        serde_json::json!({"year": notice.year, "papers": papers, "days": days}).to_string()
    }
}

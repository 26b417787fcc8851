//! The entries about one obligation: `undo ID --list`.
//!
//! Must not know: the command line, what follows from taking one back.

use serde::Serialize;

use super::dates::minute;
use super::row::{Column, Row};
use super::sentence::Sentence;
use crate::domain::directory::Directory;
use crate::storage::entries::RecordedEntry;
use crate::words;
use crate::workflows::undo_entry::{EntryList, in_words};

#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    number: usize,
    what: Sentence,
    at: String,
    taken_back: bool,
}

impl EntryView {
    /// In their order, numbered from 1.
    pub fn all(list: &EntryList) -> Vec<Self> {
        let view = |(number, entry)| Self {
            number,
            what: Sentence::of(|lang| in_words(entry, &list.directory, lang)),
            at: minute(entry.at),
            taken_back: entry.is_struck,
        };
        (1..).zip(&list.entries).map(view).collect()
    }
}

/// The wrong entries among these, each as people read it.
pub fn corrected(entries: &[RecordedEntry], directory: &Directory) -> Vec<Sentence> {
    let struck = entries.iter().filter(|entry| entry.is_struck);
    struck
        .map(|entry| {
            Sentence::of(|lang| {
                let what = in_words(entry, directory, lang);
                words!(lang, zh = "登记有误，已更正：{what}", en = "wrong, taken back: {what}")
            })
        })
        .collect()
}

impl Row for EntryView {
    const KEYS: &'static [&'static str] = &["number", "what", "at", "taken_back"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::number("序号", "Number", |it, _| it.number.to_string()),
            Column::text("记录", "Entry", |it, lang| it.what.say(lang).to_owned()),
            Column::whole("时间", "When", |it, _| it.at.clone()),
            Column::whole("更正", "Taken back", |it, lang| {
                if it.taken_back { lang.pick("已更正", "yes").to_owned() } else { String::new() }
            }),
        ]
    }
}

//! What the journal stores, in the reader's language.
//!
//! Must not know: who writes which line.

use crate::domain::delivery::MessageState;
use crate::domain::item::ItemKind;
use crate::domain::journal::Action;
use crate::domain::obligation::AssignmentState;
use crate::storage::journal_fact::Fact;
use crate::words::{Lang, Say as _};

use super::incoming::kind_of_mail;

/// What a line is about, by the first word of the subject.
const SUBJECTS: &[(&str, &str, &str)] = &[
    ("obligation", "", ""),
    ("contact", "联系人 ", "contact "),
    ("group", "单位组 ", "group "),
    ("unit", "单位 ", "unit "),
    ("message", "邮件 ", "mail "),
    ("pass", "检查 ", "run "),
    ("item", "待人工处理 ", "item "),
    ("import", "导入 ", "import "),
    ("breaker", "发送通道 ", "sending to "),
    ("directory", "单位表", "units and contacts"),
    ("calendar", "工作日历", "working calendar"),
    ("ledger", "数据库", "database"),
    ("clock", "时钟", "clock"),
];

/// What was done, by its word in the journal.
pub(super) fn action(word: &str, lang: Lang) -> String {
    Action::from_word(word).map_or_else(|| word.to_owned(), |action| action.say(lang).to_owned())
}

/// What it was done to.
pub(super) fn subject(text: &str, lang: Lang) -> String {
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    let known = SUBJECTS.iter().find(|(word, ..)| *word == kind);
    known.map_or_else(|| text.to_owned(), |(_, zh, en)| format!("{}{rest}", lang.pick(zh, en)))
}

/// How it stood before or after; empty for nothing. A version of the calendar is left out: it is a hash.
pub(super) fn state(text: Option<&str>, lang: Lang) -> String {
    let text = text.unwrap_or_default();
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return String::new();
    }
    let fact = Fact::read(text).map(|fact| fact.say(lang));
    fact.or_else(|| word(text, lang).map(str::to_owned)).unwrap_or_else(|| text.to_owned())
}

/// The same for data, whose words do not depend on the language of the reader.
pub(super) fn data(text: Option<&str>) -> Option<String> {
    text.map(|text| Fact::read(text).map_or_else(|| text.to_owned(), |fact| fact.data()))
}

/// A state of a message or a share, the kind of an item or of a mail that came in.
fn word(text: &str, lang: Lang) -> Option<&'static str> {
    let state = MessageState::from_word(text).map(|state| state.say(lang));
    let state = state.or_else(|| AssignmentState::from_word(text).map(|state| state.say(lang)));
    let item = || ItemKind::from_word(text).map(|kind| kind.say(lang));
    let mails = ["bounce", "delay", "delivery", "returned", "automatic", "answer"];
    let mail = || mails.contains(&text).then(|| kind_of_mail(text, lang));
    state.or_else(mail).or_else(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_states_and_subjects_are_said_in_the_language_of_the_reader() {
        let fact = String::from(Fact::GoneFromList { list: "甲".to_owned() });
        assert_eq!(state(Some(&fact), Lang::Zh), "清单“甲”中已没有");
        assert_eq!(data(Some(&fact)).as_deref(), Some("gone from 甲"));
        assert_eq!(state(Some("accepted"), Lang::Zh), MessageState::Accepted.say(Lang::Zh));
        assert_eq!(state(Some("anything else"), Lang::Zh), "anything else");
        assert_eq!(subject("obligation 002-16", Lang::En), "002-16");
    }
}

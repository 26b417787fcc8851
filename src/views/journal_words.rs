//! What the journal stores, in the reader's language. The journal itself is English and never changes.
//!
//! Must not know: who writes which line.

use crate::domain::delivery::MessageState;
use crate::domain::item::ItemKind;
use crate::domain::journal::Action;
use crate::domain::obligation::AssignmentState;
use crate::domain::term::Term;
use crate::words;
use crate::words::{Lang, Say as _};

use super::incoming::kind_of_mail;

/// English phrases of the journal and their Chinese; `{}` stands for any text, and the first phrase that fits is taken.
const PHRASES: &[(&str, &str)] = &[
    ("no date", "无日期"),
    ("due {}, provisional", "{}到期（暂定）"),
    ("due {}", "{}到期"),
    ("until {}", "至{}"),
    ("speaks", "恢复提醒"),
    ("back", "在岗"),
    ("skipped", "跳过"),
    ("goes on", "继续"),
    ("quota met on {}", "{}达到次数要求"),
    ("ended on {}", "{}终止"),
    ("ends on {}", "{}终止"),
    ("out: {}", "退出：{}"),
    ("in: {}", "加入：{}"),
    ("attempt {}", "第{}次投递"),
    (
        "{} mails packed, {} mails, {} answers and {} contacts erased",
        "压缩邮件{}封；删除邮件{}封、来信摘要{}条、联系人信息{}人",
    ),
    ("gone from {}", "清单“{}”中已没有"),
    ("{} removed, {} withdrawn, {} as before", "删去{}项，撤销{}项，恢复原样{}项"),
    ("{} ({}): {} added, {} revised, {} withdrawn", "清单“{}”（{}）：新增{}项，修改{}项，撤销{}项"),
    ("{} to tell, {} covered, {} blocked", "应提醒{}项，无须另行提醒{}项，无法提醒{}项"),
    (
        "{} units, {} aliases, {} memberships, {} contacts added; {} addresses, {} superiors and {} absences changed",
        "新增单位{}个、别名{}个、单位组成员{}个、联系人{}个；变更邮箱{}个、上级单位{}个、外出{}项",
    ),
];

/// What a line is about, by the first word of the subject.
const SUBJECTS: &[(&str, &str, &str)] = &[
    ("obligation", "", ""),
    ("contact", "联系人 ", "contact "),
    ("group", "单位组 ", "group "),
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
    let word = || word(text, lang).map(str::to_owned);
    let said = share_state(text, lang).or_else(|| inputs(text, lang)).or_else(|| term(text, lang));
    said.or_else(word).unwrap_or_else(|| phrase(text, lang))
}

/// `公开; 2022年底前 (2022-12-31); due 2022-12-31`: title, term as written, its short form, due date.
fn inputs(text: &str, lang: Lang) -> Option<String> {
    let [title, written, short, due] = values_in(text, "{}; {} ({}); {}")?.try_into().ok()?;
    let term = match written {
        "" => short.parse::<Term>().ok()?.say(lang),
        written => written.to_owned(),
    };
    let due = phrase(due, lang);
    Some(words!(lang, zh = "{title}；{term}；{due}", en = "{title}; {term}; {due}"))
}

/// The short form of a term, and the end of a series whose term was changed.
fn term(text: &str, lang: Lang) -> Option<String> {
    if let Some([end, short]) =
        values_in(text, "ends on {}: now {}").and_then(|it| <[_; 2]>::try_from(it).ok())
    {
        let term = short.parse::<Term>().ok()?.say(lang);
        return Some(words!(
            lang,
            zh = "{end}终止，时限改为{term}",
            en = "ends on {end}, the term is now {term}"
        ));
    }
    match text.parse::<Term>().ok()? {
        Term::By(_) | Term::Window { .. } => None, // dates and absences
        term @ (Term::Within(_)
        | Term::AtLeast(_)
        | Term::Every(_)
        | Term::Times(_)
        | Term::Undated) => Some(term.say(lang)),
    }
}

fn phrase(text: &str, lang: Lang) -> String {
    match lang {
        Lang::En => text.to_owned(),
        Lang::Zh => in_chinese(text).unwrap_or_else(|| text.to_owned()),
    }
}

/// `区教委: reported, done 2022-06-06, https://…` in words.
fn share_state(text: &str, lang: Lang) -> Option<String> {
    let (unit, rest) = text.split_once(": ")?;
    let (word, details) = rest.split_once(", ").unwrap_or((rest, ""));
    let state = match word {
        "acknowledged?" => lang.pick("签收待确认", "acknowledgement to be confirmed"),
        word => AssignmentState::from_word(word)?.say(lang),
    };
    let details = match details.strip_prefix("done ").filter(|_| lang == Lang::Zh) {
        Some(done) => {
            let (day, evidence) = done.split_once(", ").unwrap_or((done, ""));
            [format!("{day}办结"), evidence.to_owned()].join(if evidence.is_empty() {
                ""
            } else {
                "，"
            })
        }
        None => details.to_owned(),
    };
    let colon = lang.pick("：", ": ");
    let comma = if details.is_empty() { "" } else { lang.pick("，", ", ") };
    Some(format!("{unit}{colon}{state}{comma}{details}"))
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

fn in_chinese(text: &str) -> Option<String> {
    PHRASES.iter().find_map(|(english, chinese)| {
        let values = values_in(text, english)?;
        let mut parts = chinese.split("{}");
        let mut said = parts.next()?.to_owned();
        // (inputs) of a revision: the short form of the term is no text for people
        let shown =
            values.iter().enumerate().filter(|(index, _)| !english.contains("({})") || *index != 2);
        for ((_, value), part) in shown.zip(parts) {
            said.extend([*value, part]);
        }
        Some(said)
    })
}

/// What stands in `text` where the pattern has `{}`; `None` when the pattern does not fit.
fn values_in<'a>(text: &'a str, pattern: &str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let end = if is_last { rest.strip_suffix(part)?.len() } else { rest.find(part)? };
        let (value, after) = rest.split_at(end);
        values.push(value);
        rest = after.strip_prefix(part)?;
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_journal_stores_is_said_in_chinese() {
        for (stored, said) in [
            ("区教委: open", "区教委：待办"),
            (
                "区教委: reported, done 2022-06-06, https://a.example/1",
                "区教委：已报结，2022-06-06办结，https://a.example/1",
            ),
            ("due 2022-12-31, provisional", "2022-12-31到期（暂定）"),
            ("公开; 2022年底前 (2022-12-31); due 2022-12-31", "公开；2022年底前；2022-12-31到期"),
            ("答复;  (20wd); no date", "答复；20个工作日内；无日期"),
            ("every:1mo@0-10", "每月10日前"),
            ("ends on 2022-12-31: now every:12mo", "2022-12-31终止，时限改为每年"),
            ("until 2022-12-31", "至2022-12-31"),
            ("3 to tell, 0 covered, 1 blocked", "应提醒3项，无须另行提醒0项，无法提醒1项"),
            ("anything else", "anything else"),
        ] {
            assert_eq!(state(Some(stored), Lang::Zh), said);
        }
    }

    #[test]
    fn english_readers_get_what_is_stored() {
        assert_eq!(state(Some("due 2022-12-31"), Lang::En), "due 2022-12-31");
        assert_eq!(subject("obligation 002-16", Lang::En), "002-16");
    }
}

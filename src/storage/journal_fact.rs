//! How something stood before or after a change: what the journal stores, said in the reader's language.
//!
//! Must not know: who records it, where lines are kept. It is stored as JSON; names of persons stand in it only where the
//! whole text may be erased.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::obligation::AssignmentState;
use crate::domain::term::{Period, Term};
use crate::domain::unit::Rank;
use crate::words;
use crate::words::{Lang, Say};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// A due date; `None` for an obligation without one.
    Due {
        on: Option<Date>,
        provisional: bool,
    },
    /// What is registered of an obligation; `term` is canonical.
    Inputs {
        title: String,
        written: String,
        term: String,
        due: Option<Date>,
    },
    /// A term, in canonical text.
    Term(String),
    /// The state of a unit's share, by its word.
    Share {
        unit: String,
        state: String,
        done_on: Option<Date>,
        evidence: Option<String>,
    },
    /// A unit has answered; a person must confirm the acknowledgement.
    AcknowledgementProposed {
        unit: String,
    },
    /// What an adjustment did, and the due date after it; `by` is a period in canonical text.
    Adjusted {
        on: Date,
        by: Option<String>,
        ground: Option<String>,
        due: Option<Date>,
    },
    SilentUntil(Date),
    NotSilent,
    Back,
    Skipped,
    /// A series has ended; or its term is another one from then on.
    SeriesEnded {
        on: Date,
        term: Option<String>,
    },
    SeriesContinues,
    Counted {
        on: Date,
        what: String,
    },
    QuotaMet {
        on: Date,
    },
    Left {
        units: Vec<String>,
    },
    Joined {
        units: Vec<String>,
    },
    Attempt {
        number: u32,
    },
    GoneFromList {
        list: String,
    },
    Imported {
        list: String,
        file: String,
        added: usize,
        revised: usize,
        withdrawn: usize,
    },
    ImportUndone {
        removed: usize,
        withdrawn: usize,
        restored: usize,
    },
    WithImportUndone {
        import: i64,
    },
    Planned {
        to_tell: usize,
        covered: usize,
        blocked: usize,
    },
    /// A post of a unit and who holds it.
    Post {
        unit: String,
        rank: String,
        name: String,
    },
    Retired,
    DirectoryChanged {
        units: usize,
        aliases: usize,
        memberships: usize,
        contacts: usize,
        addresses: usize,
        superiors: usize,
        absences: usize,
    },
    Retained {
        packed: u64,
        mails: u64,
        incoming: u64,
        contacts: u64,
    },
}

impl Fact {
    /// Reads what the journal stores; `None` for any other text.
    pub fn read(stored: &str) -> Option<Self> {
        serde_json::from_str(stored).ok()
    }

    /// The text in JSON and CSV: English, with terms in canonical text.
    pub fn data(&self) -> String {
        if let Self::Inputs { title, written, term, due: on } = self {
            return format!("{title}; {written} ({term}); {}", due(*on, false, Lang::En));
        }
        if let Self::Term(term) = self {
            return term.clone();
        }
        self.say(Lang::En)
    }
}

/// The text that the journal stores.
impl From<Fact> for String {
    fn from(fact: Fact) -> Self {
        serde_json::to_string(&fact).unwrap_or_default()
    }
}

impl Say for Fact {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Due { on, provisional } => due(*on, *provisional, lang),
            Self::Inputs { title, written, term, due: on } => {
                let term = if written.is_empty() { said_term(term, lang) } else { written.clone() };
                let due = due(*on, false, lang);
                words!(lang, zh = "{title}；{term}；{due}", en = "{title}; {term}; {due}")
            }
            Self::Term(term) => said_term(term, lang),
            Self::Share { unit, state, done_on, evidence } => {
                share(unit, state, *done_on, evidence.as_deref(), lang)
            }
            Self::AcknowledgementProposed { unit } => words!(
                lang,
                zh = "{unit}：签收待确认",
                en = "{unit}: acknowledgement to be confirmed"
            ),
            Self::Adjusted { on, by, ground, due: after } => {
                adjusted(*on, by.as_deref(), ground.as_deref(), *after, lang)
            }
            Self::SilentUntil(day) => words!(lang, zh = "至{day}", en = "until {day}"),
            Self::NotSilent => lang.pick("恢复提醒", "reminded again").to_owned(),
            Self::Back => lang.pick("在岗", "back").to_owned(),
            Self::Skipped => lang.pick("跳过", "skipped").to_owned(),
            Self::SeriesEnded { on, term: None } => {
                words!(lang, zh = "{on}终止", en = "ends on {on}")
            }
            Self::SeriesEnded { on, term: Some(term) } => words!(
                lang,
                zh = "{on}终止，时限改为{term}",
                en = "ends on {on}, the term is now {term}",
                term = said_term(term, lang)
            ),
            Self::SeriesContinues => lang.pick("继续", "continues").to_owned(),
            Self::Counted { on, what } => words!(lang, zh = "{on} {what}", en = "{on} {what}"),
            Self::QuotaMet { on } => {
                words!(lang, zh = "{on}达到次数要求", en = "quota met on {on}")
            }
            Self::Left { units } => {
                words!(lang, zh = "退出：{names}", en = "out: {names}", names = lang.list(units))
            }
            Self::Joined { units } => {
                words!(lang, zh = "加入：{names}", en = "in: {names}", names = lang.list(units))
            }
            Self::Attempt { number } => {
                words!(lang, zh = "第{number}次投递", en = "attempt {number}")
            }
            Self::GoneFromList { list } => {
                words!(lang, zh = "清单“{list}”中已没有", en = "gone from {list}")
            }
            Self::WithImportUndone { import } => {
                words!(lang, zh = "第{import}次导入已撤回", en = "import {import} taken back")
            }
            Self::Post { unit, rank, name } => {
                let rank = Rank::from_word(rank).map_or(rank.as_str(), |rank| rank.say(lang));
                words!(lang, zh = "{unit}{rank}{name}", en = "{name}, {rank} of {unit}")
            }
            Self::Retired => lang.pick("停用", "retired").to_owned(),
            Self::Imported { .. }
            | Self::ImportUndone { .. }
            | Self::Planned { .. }
            | Self::DirectoryChanged { .. }
            | Self::Retained { .. } => self.counts(lang),
        }
    }
}

impl Fact {
    /// How many of what; empty for a fact that counts nothing.
    fn counts(&self, lang: Lang) -> String {
        match self {
            Self::Imported { list, file, added, revised, withdrawn } => words!(
                lang,
                zh = "清单“{list}”（{file}）：新增{added}项，修改{revised}项，撤销{withdrawn}项",
                en = "{list} ({file}): {added} added, {revised} revised, {withdrawn} withdrawn"
            ),
            Self::ImportUndone { removed, withdrawn, restored } => words!(
                lang,
                zh = "删去{removed}项，撤销{withdrawn}项，恢复原样{restored}项",
                en = "{removed} removed, {withdrawn} withdrawn, {restored} as before"
            ),
            Self::Planned { to_tell, covered, blocked } => words!(
                lang,
                zh = "应提醒{to_tell}项，无须另行提醒{covered}项，无法提醒{blocked}项",
                en = "{to_tell} to tell, {covered} covered, {blocked} blocked"
            ),
            Self::DirectoryChanged {
                units,
                aliases,
                memberships,
                contacts,
                addresses,
                superiors,
                absences,
            } => words!(
                lang,
                zh = "新增单位{units}个、别名{aliases}个、单位组成员{memberships}个、联系人{contacts}个；变更邮箱{addresses}个、上级单位{superiors}个、外出{absences}项",
                en = "{units} units, {aliases} aliases, {memberships} memberships, {contacts} contacts added; {addresses} addresses, {superiors} superiors and {absences} absences changed"
            ),
            Self::Retained { packed, mails, incoming, contacts } => words!(
                lang,
                zh = "压缩邮件{packed}封；删除邮件{mails}封、来信摘要{incoming}条、联系人信息{contacts}人",
                en = "{packed} mails packed; {mails} mails, {incoming} answers and {contacts} contacts erased"
            ),
            Self::Due { .. }
            | Self::Inputs { .. }
            | Self::Term(_)
            | Self::Share { .. }
            | Self::AcknowledgementProposed { .. }
            | Self::Adjusted { .. }
            | Self::SilentUntil(_)
            | Self::NotSilent
            | Self::Back
            | Self::Post { .. }
            | Self::Retired
            | Self::Skipped
            | Self::SeriesEnded { .. }
            | Self::SeriesContinues
            | Self::Counted { .. }
            | Self::QuotaMet { .. }
            | Self::Left { .. }
            | Self::Joined { .. }
            | Self::Attempt { .. }
            | Self::GoneFromList { .. }
            | Self::WithImportUndone { .. } => String::new(),
        }
    }
}

fn due(on: Option<Date>, provisional: bool, lang: Lang) -> String {
    match on {
        None => lang.pick("无日期", "no date").to_owned(),
        Some(on) if provisional => {
            words!(lang, zh = "{on}到期（暂定）", en = "due {on}, provisional")
        }
        Some(on) => words!(lang, zh = "{on}到期", en = "due {on}"),
    }
}

/// A term as people read it; a text that is no term, as it is.
fn said_term(canonical: &str, lang: Lang) -> String {
    canonical.parse::<Term>().map_or_else(|_| canonical.to_owned(), |term| term.say(lang))
}

fn share(
    unit: &str,
    state: &str,
    done_on: Option<Date>,
    evidence: Option<&str>,
    lang: Lang,
) -> String {
    let said = AssignmentState::from_word(state).map_or(state, |state| state.say(lang));
    let done = done_on.map(|on| words!(lang, zh = "{on}办结", en = "done {on}"));
    let parts: Vec<String> =
        [Some(said.to_owned()), done, evidence.map(str::to_owned)].into_iter().flatten().collect();
    let parts = parts.join(lang.pick("，", ", "));
    words!(lang, zh = "{unit}：{parts}", en = "{unit}: {parts}")
}

fn adjusted(
    on: Date,
    by: Option<&str>,
    ground: Option<&str>,
    after: Option<Date>,
    lang: Lang,
) -> String {
    let by = by.map(|period| {
        let period = period.parse::<Period>();
        let period = period.map_or_else(|_| String::new(), |period| period.say(lang));
        words!(lang, zh = "{period}", en = "by {period}")
    });
    let parts = [
        Some(words!(lang, zh = "{on}起", en = "on {on}")),
        by,
        ground.map(str::to_owned),
        Some(due(after, false, lang)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(lang.pick("；", "; "))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_stored_fact_is_read_back_and_said_in_both_languages() {
        let on = date(2022, 12, 31);
        for (fact, zh, en) in [
            (Fact::Due { on: None, provisional: false }, "无日期", "no date"),
            (
                Fact::Due { on: Some(on), provisional: true },
                "2022-12-31到期（暂定）",
                "due 2022-12-31, provisional",
            ),
            (
                Fact::Inputs {
                    title: "答复".to_owned(),
                    written: String::new(),
                    term: "20wd".to_owned(),
                    due: None,
                },
                "答复；20个工作日内；无日期",
                "答复; within 20 working days; no date",
            ),
            (
                Fact::Share {
                    unit: "区教委".to_owned(),
                    state: "reported".to_owned(),
                    done_on: Some(on),
                    evidence: Some("文号".to_owned()),
                },
                "区教委：已报结，2022-12-31办结，文号",
                "区教委: reported, done 2022-12-31, 文号",
            ),
            (
                Fact::SeriesEnded { on, term: Some("every:12mo".to_owned()) },
                "2022-12-31终止，时限改为每年",
                "ends on 2022-12-31, the term is now every year",
            ),
            (
                Fact::Planned { to_tell: 3, covered: 0, blocked: 1 },
                "应提醒3项，无须另行提醒0项，无法提醒1项",
                "3 to tell, 0 covered, 1 blocked",
            ),
        ] {
            let stored = String::from(fact.clone());
            assert_eq!(Fact::read(&stored).as_ref(), Some(&fact));
            assert_eq!((fact.say(Lang::Zh).as_str(), fact.say(Lang::En).as_str()), (zh, en));
        }
        assert_eq!(Fact::read("accepted"), None);
    }
}

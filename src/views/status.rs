//! How the service stands: `status`, `doctor`.
//!
//! Must not know: how anything of it is repaired, the command line.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::dates::second;
use super::incoming::kind_of_mail;
use super::row::{Column, Row};
use super::sentence::Sentence;
use crate::domain::delivery::MessageState;
use crate::domain::moment::Moment;
use crate::domain::watch::{CERTAIN_DAYS_WANTED, Hold};
use crate::storage::audit::{Invariant, Violation};
use crate::storage::messages::{OpenBreaker, OpenItem};
use crate::words;
use crate::words::Lang;
use crate::workflows::findings::Finding;

/// The whole state. The keys are a promise to programs, also where people have got better words since.
#[derive(Serialize)]
pub struct StatusView {
    /// `null` when there was none.
    pub last_pass_at: Option<String>,
    pub last_pass_is_stale: bool,
    pub holds: Vec<HoldView>,
    pub messages: BTreeMap<&'static str, u64>,
    /// Mails that came in, by what they were.
    pub incoming: BTreeMap<String, u64>,
    pub closed_roads: Vec<BreakerView>,
    pub items: Vec<ItemView>,
    /// Everything that needs a person, worst first.
    pub findings: Vec<FindingView>,
    pub calendar: Certainty,
    /// `null` unless asked for with --deep.
    pub violations: Option<Vec<ViolationView>>,
}

#[derive(Serialize)]
pub struct HoldView {
    hold: &'static str,
    detail: Sentence,
    way_out: Sentence,
}

/// A circuit breaker that is open.
#[derive(Serialize)]
pub struct BreakerView {
    road: String,
    reason: &'static str,
    since: String,
    next_probe_at: String,
    failures: u32,
}

#[derive(Serialize)]
pub struct ItemView {
    key: String,
    kind: String,
    detail: String,
    since: String,
}

/// One thing that needs a person.
#[derive(Serialize)]
pub struct FindingView {
    #[serde(skip)]
    is_urgent: bool,
    kind: &'static str,
    /// The key that `items done` takes.
    key: Option<String>,
    title: Sentence,
    detail: Sentence,
    since: Option<String>,
    next_step: Sentence,
}

#[derive(Serialize)]
pub struct ViolationView {
    invariant: &'static str,
    #[serde(skip)]
    violated: Invariant,
    subject: String,
}

/// How long the calendar is certain.
#[derive(Debug, Serialize)]
pub struct Certainty {
    pub certain_through: Date,
    /// Days from today through that day; negative past it.
    pub days_left: i64,
    /// False when the next notice should be imported.
    pub well: bool,
}

/// One line of the table and of the CSV.
#[derive(Serialize)]
pub struct StatusRow {
    what: Sentence,
    which: Sentence,
    detail: Sentence,
}

/// One thing that `doctor` looked at.
#[derive(Debug, Serialize)]
pub struct CheckView {
    #[serde(rename = "name")]
    pub subject: &'static str,
    pub well: bool,
    state: CheckState,
    detail: Sentence,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum CheckState {
    #[serde(rename = "ok")]
    Ok,
    #[serde(rename = "note")]
    Note,
    #[serde(rename = "ATTENTION")]
    Attention,
}

impl CheckState {
    fn say(self, lang: Lang) -> &'static str {
        match self {
            Self::Ok => lang.pick("正常", "ok"),
            Self::Note => lang.pick("提示", "note"),
            Self::Attention => lang.pick("须处理", "ATTENTION"),
        }
    }
}

impl Row for StatusRow {
    const KEYS: &'static [&'static str] = &["what", "which", "detail"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("方面", "What", |it, lang| it.what.say(lang).to_owned()),
            Column::text("对象", "Which", |it, lang| it.which.say(lang).to_owned()),
            Column::text("情况", "Detail", |it, lang| it.detail.say(lang).to_owned()),
        ]
    }
}

impl StatusRow {
    fn of(what: (&str, &str), which: Sentence, detail: Sentence) -> Self {
        Self { what: fixed(what), which, detail }
    }
}

/// Two fixed texts, Chinese first.
fn fixed((zh, en): (&str, &str)) -> Sentence {
    Sentence::of(|lang| lang.pick(zh, en).to_owned())
}

impl Row for CheckView {
    const KEYS: &'static [&'static str] = &["name", "state", "detail"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("检查项", "Check", |it, lang| subject(it.subject, lang).to_owned()),
            Column::whole("结果", "Result", |it, lang| it.state.say(lang).to_owned()),
            Column::text("情况", "Detail", |it, lang| it.detail.say(lang).to_owned()),
        ]
    }
}

impl CheckView {
    pub fn of(subject: &'static str, well: bool, detail: Sentence) -> Self {
        let state = if well { CheckState::Ok } else { CheckState::Attention };
        Self { subject, well, state, detail }
    }
}

fn subject(word: &str, lang: Lang) -> &'static str {
    match word {
        "watch" => lang.pick("数据库与时钟", "database and clock"),
        "files" => lang.pick("文件属主与权限", "owner and mode of files"),
        "units" => lang.pick("单位", "units"),
        "calendar" => lang.pick("工作日历", "calendar"),
        "operator" => lang.pick("待人工处理", "needs a person"),
        "unit calendars" => lang.pick("单位日历", "unit calendars"),
        _ => lang.pick("邮件服务器", "relay"),
    }
}

impl Row for FindingView {
    const KEYS: &'static [&'static str] = &["kind", "key", "title", "detail", "since", "next_step"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::text("事由", "What", |it, lang| it.title.say(lang).to_owned()),
            Column::text("情况", "Detail", |it, lang| it.detail.say(lang).to_owned()),
            Column::text("处理办法", "What to do", |it, lang| {
                it.next_step.say(lang).to_owned()
            }),
        ]
    }
}

impl StatusView {
    pub fn rows(&self) -> Vec<StatusRow> {
        let last_pass = Sentence::same(self.last_pass_at.clone().unwrap_or_default());
        let pass = StatusRow::of(("上次检查", "last run"), fixed(self.freshness()), last_pass);
        let messages = self.messages.iter().map(|(word, count)| {
            let state = Sentence::of(|lang| {
                MessageState::from_word(word).map_or(*word, |state| state.say(lang)).to_owned()
            });
            StatusRow::of(("邮件", "mails"), state, Sentence::same(count.to_string()))
        });
        let incoming = self.incoming.iter().map(|(kind, count)| {
            let kind = Sentence::of(|lang| kind_of_mail(kind, lang).to_owned());
            StatusRow::of(("来信", "incoming"), kind, Sentence::same(count.to_string()))
        });
        let findings = self.findings.iter().map(FindingView::row);
        let violations = self.violations.iter().flatten().map(|violation| {
            let ViolationView { violated, subject, .. } = violation;
            let which = Sentence::of(|lang| violated.say(lang).to_owned());
            let detail = Sentence::same(subject);
            StatusRow::of(("数据不一致", "contradiction"), which, detail)
        });
        std::iter::once(pass)
            .chain(messages)
            .chain(incoming)
            .chain(findings)
            .chain(violations)
            .collect()
    }

    fn freshness(&self) -> (&'static str, &'static str) {
        match (self.last_pass_is_stale, &self.last_pass_at) {
            (true, _) => ("距今过久", "too long ago"),
            (false, Some(_)) => ("正常", "ok"),
            (false, None) => ("尚无", "none yet"),
        }
    }
}

impl HoldView {
    pub fn of(hold: Hold) -> Self {
        Self {
            hold: hold.word(),
            detail: Sentence::of(|lang| hold.say(lang)),
            way_out: Sentence::of(|lang| hold.item().next_step(lang)),
        }
    }
}

impl BreakerView {
    pub fn of(breaker: &OpenBreaker) -> Self {
        Self {
            road: breaker.scope.word(),
            reason: breaker.reason.word(),
            since: second(breaker.since),
            next_probe_at: second(breaker.next_probe),
            failures: breaker.failures,
        }
    }
}

impl ItemView {
    pub fn of(item: &OpenItem) -> Self {
        Self {
            key: item.key.to_string(),
            kind: item.key.kind().word().to_owned(),
            detail: item.detail.clone(),
            since: second(item.since),
        }
    }
}

impl FindingView {
    pub fn of(finding: &Finding) -> Self {
        Self {
            is_urgent: finding.is_urgent(),
            kind: finding.kind(),
            key: finding.key().map(ToString::to_string),
            title: Sentence::of(|lang| finding.title(lang)),
            detail: Sentence::of(|lang| finding.detail(lang)),
            since: finding.since().map(second),
            next_step: Sentence::of(|lang| finding.next_step(lang)),
        }
    }

    fn row(&self) -> StatusRow {
        let what = ("待人工处理", "needs a person");
        StatusRow::of(what, self.title.clone(), self.detail_and_step())
    }

    /// `<detail>；<next step>`.
    fn detail_and_step(&self) -> Sentence {
        Sentence::of(|lang| {
            let parts = [self.detail.say(lang), self.next_step.say(lang)];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            parts.join(lang.pick("；", "; "))
        })
    }

    /// As a row of `doctor`.
    pub fn check(&self) -> CheckView {
        let detail = Sentence::of(|lang| {
            let (title, rest) = (self.title.say(lang), self.detail_and_step());
            words!(lang, zh = "{title}：{rest}", en = "{title}: {rest}", rest = rest.say(lang))
        });
        let state = if self.is_urgent { CheckState::Attention } else { CheckState::Note };
        CheckView { subject: "operator", well: !self.is_urgent, state, detail }
    }
}

impl ViolationView {
    pub fn of(violation: &Violation) -> Self {
        Self {
            invariant: violation.invariant.word(),
            violated: violation.invariant,
            subject: violation.subject.clone(),
        }
    }
}

impl Certainty {
    /// `days_left` from `today` on.
    pub fn of(certain_through: Date, days_left: i64) -> Self {
        Self { certain_through, days_left, well: days_left >= CERTAIN_DAYS_WANTED }
    }

    /// Up to which day, and what to do when that is soon.
    pub fn say(&self, lang: Lang) -> String {
        let Self { certain_through, days_left, well } = self;
        let certain = words!(
            lang,
            zh = "工作日历确定至{certain_through}，还有{days_left}天",
            en = "certain through {certain_through}, {days_left} days from now",
        );
        if *well {
            return certain;
        }
        words!(
            lang,
            zh = "{certain}；其后的日期为暂定，下一年放假安排公布后请执行 duban import calendar 文件",
            en = "{certain}; later dates are provisional: import the next year's notice with `duban import calendar FILE` when it \
                  is out",
        )
    }
}

/// The moment of the last pass as JSON has it.
pub fn last_pass_at(at: Option<Moment>) -> Option<String> {
    at.map(second)
}

//! Why a workflow refuses what it was asked; the ledger is as it was then.
//!
//! Must not know: hints, exit codes. Callers: every workflow; `cli` adds the hint and the exit code.

use jiff::civil::Date;

use super::directory_refusal::DirectoryRefusal;
use crate::domain::counting::CountingFault;
use crate::domain::deadline::DeadlineFault;
use crate::domain::delivery::MessageKey;
use crate::domain::directory::DirectoryFault;
use crate::domain::{life, rule};
use crate::storage::StorageError;
use crate::words;
use crate::words::{Lang, Say};

/// Why a workflow refuses what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum Refused {
    NotFound(#[from] NotFound),
    /// The kept calendar cannot be read any more.
    DamagedCalendar {
        version: String,
    },
    /// An absence that ends before it begins.
    BackwardsAbsence {
        from: Date,
        through: Date,
    },
    /// The person who stands in is no other contact of the unit.
    Delegate(DirectoryFault),
    /// A unit or a post cannot change in this way.
    Directory(#[from] DirectoryRefusal),
    NotAMember {
        unit: String,
        group: String,
    },
    /// The unit owes no share of the obligation.
    NoShare {
        unit: String,
        reference: String,
    },
    /// What was ordered is not possible for this unit's share.
    Order {
        unit: String,
        refusal: life::TransitionFault,
    },
    SilenceInPast {
        until: Date,
        today: Date,
    },
    /// The term runs from no event.
    NoEvent {
        reference: String,
    },
    /// The event that starts a clock has not happened yet.
    TriggerToCome {
        on: Date,
        today: Date,
    },
    /// There is no such entry, or it is struck already.
    NoEntry {
        reference: String,
        /// `None` when the last one was meant.
        number: Option<usize>,
    },
    /// The unit that a share is to be moved to owes one already.
    OwesAlready {
        unit: String,
        reference: String,
    },
    /// Several units' shares would change, and nobody has said that this is meant.
    SeveralUnits {
        reference: String,
        units: Vec<String>,
    },
    /// Several occurrences are open, and none is named.
    SeveralOccurrences {
        reference: String,
        /// With their periods, oldest first.
        open: Vec<String>,
    },
    /// The obligation has ended, so its clock no longer runs.
    NotOwed {
        reference: String,
        state: &'static str,
    },
    /// The adjustment is impossible or not lawful.
    Adjustment(#[from] rule::AdjustmentRefusal),
    NotAQuota {
        reference: String,
    },
    /// `units` owe the quota, and the caller named none of them.
    WhichUnit {
        units: Vec<String>,
    },
    /// The event lies outside the period of the quota, or in the future.
    OutsidePeriod {
        on: Date,
        first: Date,
        last: Date,
    },
    /// The person is the only contact for these duties, or these mails are under way.
    StillNeeded {
        duties: Vec<String>,
        mails: Vec<MessageKey>,
    },
    /// The obligation does not recur, or not any more.
    NotASeries {
        reference: String,
    },
    /// The calendar does not reach.
    Counting(#[from] CountingFault),
    /// Inputs, adjustments and the law in force give no date.
    Deadline(#[from] DeadlineFault),
    Storage(#[from] StorageError),
}

/// A name that leads to nothing, or to several things.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum NotFound {
    /// No unit, group or alias of that name.
    Unit { name: String, similar: Option<String> },
    /// Neither a reference nor a key of the ledger.
    Obligation { asked: String },
    /// Several lists have this reference; `candidates` are `LIST/编号`.
    SeveralObligations { asked: String, candidates: Vec<String> },
    /// No contact of that name or address.
    Contact { asked: String, similar: Option<String> },
    /// `known` is unit, name and address of each.
    SeveralContacts { asked: String, known: Vec<String> },
    /// No kept calendar has a version that begins with `asked`.
    Calendar { asked: String },
    /// Several have.
    SeveralCalendars { asked: String, versions: Vec<String> },
}

impl Say for Refused {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::StillNeeded { duties, mails } => still_needed(duties, mails, lang),
            Self::NotFound(fault) => fault.say(lang),
            Self::DamagedCalendar { version } => words!(
                lang,
                zh = "台账中保存的日历（版本{version}）已损坏，无法读取",
                en = "the kept calendar {version} is damaged and cannot be read"
            ),
            Self::BackwardsAbsence { from, through } => words!(
                lang,
                zh = "外出的最后一日{through}早于第一日{from}",
                en = "the last day away, {through}, is before the first, {from}"
            ),
            Self::Delegate(fault) => fault.say(lang),
            Self::Directory(refusal) => refusal.say(lang),
            Self::NotAMember { unit, group } => {
                words!(
                    lang,
                    zh = "{unit}不是{group}的成员",
                    en = "{unit} is not a member of {group}"
                )
            }
            Self::NoShare { unit, reference } => words!(
                lang,
                zh = "{unit}不承担{reference}",
                en = "{unit} has no share in {reference}"
            ),
            Self::Order { unit, refusal } => {
                words!(lang, zh = "{unit}：{why}", en = "{unit}: {why}", why = refusal.say(lang))
            }
            Self::SilenceInPast { until, today } => silence_in_past(*until, *today, lang),
            Self::NoEvent { reference } => no_event(reference, lang),
            Self::TriggerToCome { on, today } => trigger_to_come(*on, *today, lang),
            Self::NoEntry { reference, number } => no_entry(reference, *number, lang),
            Self::OwesAlready { unit, reference } => owes_already(unit, reference, lang),
            Self::SeveralUnits { reference, units } => several_units(reference, units, lang),
            Self::SeveralOccurrences { reference, open } => {
                several_occurrences(reference, open, lang)
            }
            Self::NotOwed { reference, state } => words!(
                lang,
                zh = "{reference}已办结或者撤销，时限不再计算",
                en = "{reference} is {state}: its clock no longer runs"
            ),
            Self::Adjustment(refusal) => refusal.say(lang),
            Self::NotAQuota { reference } => words!(
                lang,
                zh = "{reference}没有次数要求，无须计次",
                en = "{reference} is not a quota: nothing is counted"
            ),
            Self::WhichUnit { .. } => lang
                .pick("须指明承担次数要求的单位", "the unit must be one that owes the quota")
                .to_owned(),
            Self::OutsidePeriod { on, first, last } => words!(
                lang,
                zh = "{on}不在{first}至{last}之间",
                en = "{on} does not lie between {first} and {last}"
            ),
            Self::NotASeries { reference } => {
                words!(lang, zh = "{reference}不是周期事项", en = "{reference} does not recur")
            }
            Self::Counting(fault) => fault.say(lang),
            Self::Deadline(fault) => fault.say(lang),
            Self::Storage(error) => error.say(lang),
        }
    }
}

impl Say for NotFound {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Unit { name, .. } => words!(
                lang,
                zh = "没有名为“{name}”的单位、单位组或者别名",
                en = "no unit, group or alias is called `{name}`"
            ),
            Self::Obligation { asked } => words!(
                lang,
                zh = "台账中没有编号为“{asked}”的事项",
                en = "no obligation of the ledger has the reference `{asked}`"
            ),
            Self::SeveralObligations { asked, .. } => words!(
                lang,
                zh = "有几个清单都有编号为“{asked}”的事项",
                en = "several lists have an obligation `{asked}`"
            ),
            Self::Contact { asked, .. } => {
                words!(lang, zh = "没有联系人“{asked}”", en = "no contact is called `{asked}`")
            }
            Self::SeveralContacts { asked, .. } => words!(
                lang,
                zh = "“{asked}”对应多个联系人",
                en = "several contacts are called `{asked}`"
            ),
            Self::Calendar { asked } => words!(
                lang,
                zh = "台账中没有版本以“{asked}”开头的日历",
                en = "no kept calendar has a version that begins with `{asked}`"
            ),
            Self::SeveralCalendars { asked, versions } => words!(
                lang,
                zh = "有{count}个日历的版本以“{asked}”开头：{list}",
                en = "`{asked}` begins {count} versions: {list}",
                count = versions.len(),
                list = lang.list(versions)
            ),
        }
    }
}

fn still_needed(duties: &[String], mails: &[MessageKey], lang: Lang) -> String {
    let mails: Vec<String> = mails.iter().map(|key| key.0.to_string()).collect();
    let (duties, mails) = (lang.list(duties), lang.list(&mails));
    let for_duties = words!(
        lang,
        zh = "下列未办结任务只有此人可以联系：{duties}",
        en = "nobody else can be reached for what is still owed: {duties}"
    );
    let for_mails = words!(
        lang,
        zh = "发给此人的邮件尚未送完：{mails}",
        en = "mail to this person is under way: {mails}"
    );
    match (duties.is_empty(), mails.is_empty()) {
        (false, true) => for_duties,
        (true, _) => for_mails,
        (false, false) => {
            words!(lang, zh = "{for_duties}；{for_mails}", en = "{for_duties}; {for_mails}")
        }
    }
}

fn no_event(reference: &str, lang: Lang) -> String {
    words!(
        lang,
        zh = "{reference}的时限不从某一事件起算",
        en = "the term of {reference} does not run from an event"
    )
}

fn trigger_to_come(on: Date, today: Date, lang: Lang) -> String {
    words!(
        lang,
        zh = "起算日{on}尚未到来（今日{today}）",
        en = "the trigger on {on} is still to come: today is {today}"
    )
}

fn no_entry(reference: &str, number: Option<usize>, lang: Lang) -> String {
    match number {
        Some(number) => words!(
            lang,
            zh = "{reference}没有可更正的第{number}条记录",
            en = "{reference} has no entry {number} that can be taken back"
        ),
        None => words!(
            lang,
            zh = "{reference}没有可更正的记录",
            en = "{reference} has no entry that can be taken back"
        ),
    }
}

fn silence_in_past(until: Date, today: Date, lang: Lang) -> String {
    words!(
        lang,
        zh = "恢复提醒之日{until}须晚于今日（{today}）",
        en = "silence until {until} would end before it begins: today is {today}"
    )
}

fn owes_already(unit: &str, reference: &str, lang: Lang) -> String {
    words!(
        lang,
        zh = "{unit}已是{reference}的承办单位",
        en = "`{unit}` owes a share of {reference} already"
    )
}

fn several_units(reference: &str, units: &[String], lang: Lang) -> String {
    words!(
        lang,
        zh = "{reference}涉及{n}个单位：{units}",
        en = "{reference} is owed by {n} units: {units}",
        n = units.len(),
        units = lang.list(units)
    )
}

fn several_occurrences(reference: &str, open: &[String], lang: Lang) -> String {
    words!(
        lang,
        zh = "{reference}有{n}期未办结：{open}",
        en = "{reference} has {n} open occurrences: {open}",
        n = open.len(),
        open = lang.list(open)
    )
}

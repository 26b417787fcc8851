//! What a mail tells, before it is worded.
//!
//! Must not know: templates, MIME, the ledger it was read from.

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentState;
use crate::domain::uid::Uid;
use crate::domain::unit::Role;
use crate::mail::one_line::OneLine;

/// Sender, recipient, time and thread of a mail.
#[derive(Clone, Debug)]
pub struct MessageHeader {
    pub office: Office,
    pub recipient: Recipient,
    /// When the mail is sealed; the `Date` header.
    pub sent: Moment,
    /// What [`message_id`](crate::mail::compose::message_id()) made of the reminders.
    pub message_id: String,
    /// The ledger that the mail comes from.
    pub ledger: Uid,
    /// Message-IDs of earlier mails to the same recipient about the same obligation, oldest first; may be empty.
    pub references: Vec<String>,
}

/// The office that sends the mail.
#[derive(Clone, Debug)]
pub struct Office {
    /// The display name in `From`.
    pub name: OneLine,
    /// The address in `From`.
    pub address: Address,
    /// Where replies go.
    pub reply_to: Address,
    /// Section or telephone number for questions; may be empty.
    pub contact: OneLine,
}

#[derive(Clone, Debug)]
pub struct Recipient {
    pub address: Address,
    /// Post or name, for the greeting and `To`.
    pub name: OneLine,
    pub unit: OneLine,
}

/// One reminder mail.
#[derive(Clone, Debug)]
pub struct MessageContent {
    pub header: MessageHeader,
    /// Never empty; a mail shows first what can still be met, in the order of the dates.
    pub items: Vec<MessageItem>,
    /// What else the recipient's unit owes, by due date.
    pub others: Vec<OtherDuty>,
    /// How many more than these it owes.
    pub others_more: usize,
    /// What the recipient is to be told and this mail has no room for.
    pub left_out: LeftOut,
    /// Why this recipient gets the mail, one sentence.
    pub why: OneLine,
    /// Whether the dates are attached as a calendar file.
    pub with_calendar: bool,
}

/// How many items a mail has no room for, by how they stand. They are not told; the next mail tells them first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Can still be met, or has no date.
    pub open: usize,
    pub late: usize,
    /// Only the date has changed.
    pub moved: usize,
}

/// A duty that the mail only mentions.
#[derive(Clone, Debug)]
pub struct OtherDuty {
    /// 事项.
    pub title: OneLine,
    pub dates: ItemDates,
    pub state: AssignmentState,
}

/// Identity of an obligation's entry in the recipient's calendar: a later mail moves the entry, it adds none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarEvent {
    /// Never changes; ASCII.
    pub uid: String,
    /// Grows whenever the dates change.
    pub sequence: u32,
}

/// One obligation as one contact is told of it.
#[derive(Clone, Debug)]
pub struct MessageItem {
    pub event: CalendarEvent,
    /// 事项.
    pub title: OneLine,
    /// 编号.
    pub reference: OneLine,
    /// Units whose share is open, in the order of the document.
    pub owed_by: Vec<OneLine>,
    /// 牵头单位.
    pub lead: Vec<OneLine>,
    /// 责任单位 as the document names them.
    pub responsible: Vec<OneLine>,
    /// `None` while the clock is suspended.
    pub dates: Option<ItemDates>,
    /// Set when the recipient knows other dates.
    pub change: Option<ChangeNotice>,
    /// Set when what the recipient was told of it is wrong; the mail says nothing else about it.
    pub correction: Option<CorrectionNotice>,
    /// The date is an internal target (内部目标): never called a deadline, never late.
    pub internal: bool,
    /// Progress of a quota; empty for anything else.
    pub progress: OneLine,
    /// The term as the document writes it.
    pub written: OneLine,
    /// 来源: document and clause.
    pub source: OneLine,
    /// 依据: the rule's name and article; empty when the document alone sets the term.
    pub basis: OneLine,
    /// The role in which the recipient is told.
    pub role: Role,
    pub tone: Tone,
    /// Name of the rung as people read it.
    pub rung: OneLine,
    /// Other recipients of the same rung.
    pub also_told: Vec<OneLine>,
    pub state: AssignmentState,
    /// 说明; may be empty.
    pub instructions: OneLine,
    /// The recipient hears of it for the first time, in time to take it on.
    pub is_new: bool,
}

/// What the recipient must know about a changed date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeNotice {
    /// The due date the recipient knows; `None` if the clock was suspended.
    pub before: Option<Date>,
    /// The act-by date the recipient knows.
    pub act_by_before: Option<Date>,
    /// The notice, rule or adjustment that changed it.
    pub paper: OneLine,
    /// The mail says nothing else about this item.
    pub is_only_news: bool,
    /// The dates before followed from a wrong entry.
    pub is_correction: bool,
    /// What was said last and is wrong; empty where only the date is.
    pub said: OneLine,
}

/// What the recipient was told and is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionNotice {
    /// 更正 or 撤销.
    pub label: &'static str,
    /// What was said, and when.
    pub said: OneLine,
    pub right: OneLine,
    /// Since when, and why.
    pub since: OneLine,
}

/// When an item is due, as of the day of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemDates {
    /// The last lawful day.
    pub due: Date,
    /// The last lawful second; only for terms in hours.
    pub due_at: Option<Moment>,
    /// The last working day on or before `due`.
    pub act_by: Date,
    /// Working days left; negative when late.
    pub working_days_left: i64,
    /// The calendar is not yet certain up to `due`.
    pub provisional: bool,
}

/// A mail to the operator: the daily report with what needs a person.
#[derive(Clone, Debug)]
pub struct OperatorContent {
    pub header: MessageHeader,
    /// What the subject says.
    pub headline: OneLine,
    /// Name and value, in the order shown.
    pub figures: Vec<(OneLine, OneLine)>,
    /// Worst first; may be empty.
    pub findings: Vec<Finding>,
}

/// One thing that needs a person.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is wrong.
    pub title: OneLine,
    /// What is known of it.
    pub detail: OneLine,
    /// What to do, often a command.
    pub action: OneLine,
}

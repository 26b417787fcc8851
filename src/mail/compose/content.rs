//! What a mail is made of, before it has words.
//!
//! Owns the input of composing. Must not know: templates, MIME, the ledger it was read from.

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentState;
use crate::domain::unit::Role;
use crate::mail::one_line::OneLine;

/// The outside of a mail: from whom, to whom, when, and in which thread.
#[derive(Clone, Debug)]
pub struct MessageHeader {
    /// Who sends.
    pub office: Office,
    /// Who receives; a mail has exactly one recipient.
    pub recipient: Recipient,
    /// The moment it is sealed; it becomes the `Date` header and never changes.
    pub sent: Moment,
    /// What [`message_id`](crate::mail::compose::message_id) made of the reminders' keys.
    pub message_id: String,
    /// Message-IDs of earlier mails to the same recipient on the same matter, oldest first; may be empty.
    pub references: Vec<String>,
}

/// The office that sends.
#[derive(Clone, Debug)]
pub struct Office {
    /// Its name, as it stands in `From`.
    pub name: OneLine,
    /// The address in `From`; its domain names the mailing list.
    pub address: Address,
    /// Where answers go.
    pub reply_to: Address,
    /// Whom to ask: a section, a telephone number. May be empty.
    pub contact: OneLine,
}

/// The one who receives.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Where the mail goes.
    pub address: Address,
    /// Post or name, as it stands in the greeting and in `To`.
    pub name: OneLine,
    /// The unit it belongs to.
    pub unit: OneLine,
}

/// One reminder mail.
#[derive(Clone, Debug)]
pub struct MessageContent {
    /// The outside.
    pub header: MessageHeader,
    /// What it tells, worst first; never empty.
    pub items: Vec<MessageItem>,
    /// Why this recipient gets it, one sentence.
    pub why: OneLine,
    /// The dates are attached as a calendar file.
    pub with_calendar: bool,
}

/// What makes the entry in a recipient's calendar the same entry in the next mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarEvent {
    /// Identifies the obligation for ever, in ASCII.
    pub uid: String,
    /// Grows whenever the dates move.
    pub sequence: u32,
}

/// One obligation as one contact is told of it.
#[derive(Clone, Debug)]
pub struct MessageItem {
    /// Key of its reminder; goes into a header for support, in ASCII.
    pub key: String,
    /// Its entry in a calendar.
    pub event: CalendarEvent,
    /// 事项.
    pub title: OneLine,
    /// 编号.
    pub reference: OneLine,
    /// Units whose share is open, in the document's order; one for the unit that owes it, many for those above.
    pub owed_by: Vec<OneLine>,
    /// 牵头单位.
    pub lead: Vec<OneLine>,
    /// 责任单位 as the document names them.
    pub responsible: Vec<OneLine>,
    /// When it falls due; `None` while its clock is stopped.
    pub dates: Option<ItemDates>,
    /// The dates are others than the recipient knows.
    pub change: Option<ChangeNotice>,
    /// The date is a target of the office's own (内部目标): never called a deadline, never late.
    pub internal: bool,
    /// How far a quota has come; empty for anything else.
    pub progress: OneLine,
    /// The term as the document writes it.
    pub written: OneLine,
    /// 来源: document and clause.
    pub source: OneLine,
    /// 依据: the rule's name and article; empty when the document alone sets the term.
    pub basis: OneLine,
    /// In which role the recipient is told.
    pub role: Role,
    /// How it is said.
    pub tone: Tone,
    /// Name of the rung, for people.
    pub rung: OneLine,
    /// Who else was told of this rung.
    pub also_told: Vec<OneLine>,
    /// How far the work has come.
    pub state: AssignmentState,
    /// A remark of the ledger; may be empty.
    pub note: OneLine,
}

/// A date that is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeNotice {
    /// The due date the recipient knows; `None` when the clock was stopped.
    pub before: Option<Date>,
    /// The act-by date the recipient knows.
    pub act_by_before: Option<Date>,
    /// The notice, rule or adjustment that moved it.
    pub paper: OneLine,
    /// The mail has nothing else to say of this item.
    pub is_only_news: bool,
}

/// When an item falls due, seen from the day of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemDates {
    /// The last lawful day.
    pub due: Date,
    /// The last lawful second, for terms in hours only.
    pub due_at: Option<Moment>,
    /// The last working day on or before `due`.
    pub act_by: Date,
    /// Working days left; negative when late.
    pub working_days_left: i64,
    /// The calendar is not yet certain up to `due`.
    pub provisional: bool,
}

/// A mail to the operator: a sign of life, or what needs a person.
#[derive(Clone, Debug)]
pub struct OperatorContent {
    /// The outside.
    pub header: MessageHeader,
    /// What it is about, as it stands in the subject.
    pub headline: OneLine,
    /// Figures in the order they are shown: name, value.
    pub figures: Vec<(OneLine, OneLine)>,
    /// What needs a person, worst first; may be empty.
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

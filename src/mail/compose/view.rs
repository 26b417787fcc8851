//! The values that the templates of `reminder/` may use, with dates, time left and lists worded in Chinese.
//!
//! Must not know: which template uses them, MIME.

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentState;
use crate::domain::unit::Role;
use crate::mail::compose::content::{
    ItemDates, MessageContent, MessageHeader, MessageItem, OtherDuty,
};
use crate::mail::compose::links::{Link, links};
use crate::mail::compose::summary::{Standing, Summary, label, news_label};
use crate::mail::compose::time_left::{
    full_date, is_over, near_date, time_left, time_of_day, time_to_target,
};
use crate::mail::one_line::OneLine;
use crate::words::Lang;

/// What the templates of `reminder/` see.
#[derive(Serialize)]
pub(super) struct MessageView<'a> {
    #[serde(flatten)]
    header: HeaderView<'a>,
    label: &'static str,
    summary: String,
    headline: String,
    items: Vec<ItemView<'a>>,
    total: usize,
    late: usize,
    color: &'static str,
    others: Vec<OtherView<'a>>,
    others_more: usize,
    left_out: String,
    roles: Vec<&'static str>,
    why: &'a OneLine,
}

/// What every template sees.
#[derive(Serialize)]
pub(super) struct HeaderView<'a> {
    office: &'a OneLine,
    contact: &'a OneLine,
    reply_to: &'a str,
    name: &'a OneLine,
    unit: &'a OneLine,
    sent_on: String,
}

#[derive(Serialize)]
struct ItemView<'a> {
    title: &'a OneLine,
    reference: &'a OneLine,
    label: &'static str,
    tone_word: &'static str,
    when: String,
    color: &'static str,
    late: bool,
    internal: bool,
    provisional: bool,
    act_by: String,
    due_before: String,
    paper: String,
    said: &'a str,
    since: &'a str,
    progress: &'a OneLine,
    written: &'a OneLine,
    source: &'a OneLine,
    basis: &'a OneLine,
    role: &'static str,
    role_word: &'static str,
    rung: &'a OneLine,
    owed_by: String,
    lead: String,
    responsible: String,
    also_told: String,
    state: &'static str,
    instructions: &'a OneLine,
    links: Vec<Link>,
}

#[derive(Serialize)]
struct OtherView<'a> {
    title: &'a OneLine,
    when: String,
    late: bool,
}

const RED: &str = "#b3261e";
const ORANGE: &str = "#c2410c";
const BLUE: &str = "#1f5fa8";

impl<'a> MessageView<'a> {
    pub(super) fn of(content: &'a MessageContent) -> Self {
        let sent = content.header.sent;
        let mut sorted: Vec<&MessageItem> = content.items.iter().collect();
        sorted.sort_by_key(|item| (Standing::of(item, sent), item.dates.map(|dates| dates.act_by)));
        let summary = Summary::of(&sorted, sent);
        let items: Vec<_> = sorted.iter().map(|item| ItemView::of(&content.header, item)).collect();
        Self {
            header: HeaderView::of(&content.header),
            label: summary.label(),
            summary: summary.subject(),
            headline: summary.headline(),
            total: items.len(),
            late: summary.late,
            color: items.first().map_or(BLUE, |item| item.color),
            others: content.others.iter().map(|other| OtherView::of(other, sent)).collect(),
            others_more: content.others_more,
            left_out: content.left_out.say(items.len()),
            roles: roles_of(&content.items),
            why: &content.why,
            items,
        }
    }
}

impl<'a> HeaderView<'a> {
    pub(super) fn of(header: &'a MessageHeader) -> Self {
        Self {
            office: &header.office.name,
            contact: &header.office.contact,
            reply_to: header.office.reply_to.as_str(),
            name: &header.recipient.name,
            unit: &header.recipient.unit,
            sent_on: full_date(header.sent.today()),
        }
    }
}

impl<'a> ItemView<'a> {
    fn of(header: &MessageHeader, item: &'a MessageItem) -> Self {
        let (sent, today) = (header.sent, header.sent.today());
        let (dates, change) = (item.dates, item.change.as_ref());
        let correction = item.correction.as_ref();
        let standing = Standing::of(item, sent);
        let is_late = standing == Standing::Late;
        let rest_day = dates.filter(|it| it.act_by != it.due && standing == Standing::Open);
        let is_own = item.role == Role::Responsible;
        Self {
            title: &item.title,
            reference: &item.reference,
            label: if standing == Standing::News { news_label(item) } else { label(item) },
            tone_word: item.tone.word(),
            when: when(item, sent),
            color: color(item, standing),
            late: is_late,
            internal: item.internal,
            provisional: correction.is_none() && dates.is_some_and(|dates| dates.provisional),
            act_by: date_if_any(rest_day.map(|dates| dates.act_by), today),
            due_before: before(item, today),
            paper: change.map_or_else(String::new, |change| change.paper.as_str().to_owned()),
            said: said(item),
            since: correction.map_or("", |it| it.since.as_str()),
            progress: &item.progress,
            written: &item.written,
            source: &item.source,
            basis: &item.basis,
            role: item.role.say(Lang::Zh),
            role_word: item.role.word(),
            rung: &item.rung,
            owed_by: listed(&item.owed_by),
            lead: listed(&item.lead),
            responsible: listed(&item.responsible),
            also_told: listed(&item.also_told),
            state: state(item.state),
            instructions: &item.instructions,
            links: if is_own && correction.is_none() {
                links(header, item, is_late)
            } else {
                Vec::new()
            },
        }
    }
}

impl<'a> OtherView<'a> {
    fn of(other: &'a OtherDuty, sent: Moment) -> Self {
        let state = state(other.state);
        let is_reported = other.state == AssignmentState::Reported;
        let when = if is_reported { state.to_owned() } else { due_and_left(other.dates, sent) };
        Self { title: &other.title, when, late: is_over(other.dates, sent) && !is_reported }
    }
}

/// 4月3日（星期五）到期 · 还剩1个工作日, 已逾期3个工作日 · 3月4日（星期三）到期.
fn when(item: &MessageItem, sent: Moment) -> String {
    if let Some(correction) = &item.correction {
        return correction.right.as_str().to_owned();
    }
    let Some(dates) = item.dates else { return "已中止，暂无到期日".to_owned() };
    if item.internal {
        let day = near_date(dates.due, sent.today());
        return format!("{} · 内部目标{day}", time_to_target(dates, sent.today()));
    }
    due_and_left(dates, sent)
}

fn due_and_left(dates: ItemDates, sent: Moment) -> String {
    let due = near_date(dates.due, sent.today()) + &time_of_day(dates) + "到期";
    let left = time_left(dates, sent);
    if is_over(dates, sent) {
        return format!("{left} · {due}");
    }
    format!("{due} · {}", left.trim_end_matches("到期"))
}

/// What was said before and is wrong, besides a date.
fn said(item: &MessageItem) -> &str {
    let by_date = item.change.as_ref().map(|change| change.said.as_str());
    item.correction.as_ref().map(|it| it.said.as_str()).or(by_date).unwrap_or("")
}

/// The date that the recipient knows, where it is another one.
fn before(item: &MessageItem, today: Date) -> String {
    let Some(change) = &item.change else { return String::new() };
    let Some(due) = change.before else { return String::new() };
    let act_by = change.act_by_before.filter(|act_by| *act_by != due);
    let act_by = act_by.map(|act_by| format!("（原应办日期{}）", near_date(act_by, today)));
    near_date(due, today) + &act_by.unwrap_or_default()
}

fn color(item: &MessageItem, standing: Standing) -> &'static str {
    match standing {
        Standing::Late => RED,
        Standing::Open if item.tone > Tone::Notice => ORANGE,
        Standing::Open | Standing::News => BLUE,
    }
}

/// How far the recipient's unit has come, where it has.
fn state(state: AssignmentState) -> &'static str {
    match state {
        AssignmentState::Acknowledged => "已签收",
        AssignmentState::Reported => "已报办结，待核实",
        AssignmentState::Open | AssignmentState::Closed | AssignmentState::Withdrawn => "",
    }
}

/// The roles in which the recipient is asked for something, lowest first. A correction asks for nothing.
fn roles_of(items: &[MessageItem]) -> Vec<&'static str> {
    let occurs =
        |role: &Role| items.iter().any(|item| item.role == *role && item.correction.is_none());
    Role::ALL.into_iter().filter(occurs).map(Role::word).collect()
}

fn listed(texts: &[OneLine]) -> String {
    texts.iter().map(OneLine::as_str).collect::<Vec<_>>().join("、")
}

fn date_if_any(date: Option<Date>, today: Date) -> String {
    date.map_or_else(String::new, |date| near_date(date, today))
}

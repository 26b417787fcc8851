//! What a reminder says in its subject and its first line: by when, how long is left, how much is late; and how much it leaves
//! out.
//!
//! Must not know: templates, MIME.

use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentState;
use crate::domain::unit::Role;
use crate::mail::compose::content::{ItemDates, LeftOut, MessageItem};
use crate::mail::compose::time_left::{
    is_over, near_date, short_date, time_left, time_of_day, time_to_target,
};

/// Longest title in a subject, in characters.
const LONGEST_TITLE: usize = 30;

/// How an item stands on the day of the mail; what can still be met comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Open,
    Late,
    /// Its date has changed, or what was told is wrong, and the mail says nothing else about it.
    News,
}

impl Standing {
    pub(super) fn of(item: &MessageItem, sent: Moment) -> Self {
        let is_only_news = item.change.as_ref().is_some_and(|change| change.is_only_news);
        if is_only_news || item.correction.is_some() {
            return Self::News;
        }
        match item.dates {
            Some(dates) if is_over(dates, sent) && !item.internal => Self::Late,
            _ => Self::Open,
        }
    }
}

impl LeftOut {
    /// Counts items by how they stand at `sent`.
    pub fn of<'a>(items: impl Iterator<Item = &'a MessageItem>, sent: Moment) -> Self {
        items.fold(Self::default(), |counted, item| match Standing::of(item, sent) {
            Standing::Open => Self { open: counted.open + 1, ..counted },
            Standing::Late => Self { late: counted.late + 1, ..counted },
            Standing::News => Self { moved: counted.moved + 1, ..counted },
        })
    }

    pub fn total(self) -> usize {
        self.open + self.late + self.moved
    }

    /// 本邮件只列出200项，另有40项因篇幅未列（待办30项、已逾期10项）……; empty when nothing is left out.
    pub(super) fn say(self, told: usize) -> String {
        let total = self.total();
        if total == 0 {
            return String::new();
        }
        let counts = [("待办", self.open), ("已逾期", self.late), ("日期有变更", self.moved)];
        let counts: Vec<String> = counts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(state, count)| format!("{state}{count}项"))
            .collect();
        format!(
            "本邮件只列出{told}项，另有{total}项因篇幅未列（{}）。未列的不视为已经提醒，将在下一封邮件中优先列出",
            counts.join("、")
        )
    }
}

/// How an item, or the mail it is the sharpest of, is labelled.
pub(super) fn label(item: &MessageItem) -> &'static str {
    match item.tone {
        Tone::Notice if is_new(item) => "新交办",
        Tone::Notice => "提示",
        Tone::Warn => "催办",
        Tone::Overdue => "督办",
        Tone::Circular => "逾期通报",
    }
}

/// How news is labelled.
pub(super) fn news_label(item: &MessageItem) -> &'static str {
    match (&item.correction, &item.change) {
        (Some(correction), _) => correction.label,
        (None, Some(change)) if change.is_correction => "更正",
        (None, _) => "日期变更",
    }
}

/// True for what waits to be signed for.
fn is_new(item: &MessageItem) -> bool {
    item.is_new && item.state == AssignmentState::Open
}

/// The items of a mail in short.
pub(super) struct Summary<'a> {
    /// In the order of the mail.
    items: &'a [&'a MessageItem],
    sent: Moment,
    open: usize,
    pub(super) late: usize,
    news: usize,
}

impl<'a> Summary<'a> {
    pub(super) fn of(items: &'a [&'a MessageItem], sent: Moment) -> Self {
        let count = |standing| items.iter().filter(|it| Standing::of(it, sent) == standing).count();
        let (open, late, news) =
            (count(Standing::Open), count(Standing::Late), count(Standing::News));
        Self { items, sent, open, late, news }
    }

    /// How the subject begins: the sharpest tone.
    pub(super) fn label(&self) -> &'static str {
        let told = self.items.iter().filter(|it| Standing::of(it, self.sent) != Standing::News);
        match told.max_by_key(|item| (item.tone, is_new(item))) {
            Some(item) => label(item),
            None => self.news_label(),
        }
    }

    /// 更正 when anything is corrected.
    fn news_label(&self) -> &'static str {
        let mut labels = self.items.iter().map(|item| news_label(item));
        let first = labels.next().unwrap_or("更正");
        if labels.all(|label| label == first) { first } else { "更正" }
    }

    /// 甲 还剩2个工作日（12月31日到期）; 甲等2项 明日到期，另有3项已逾期; 甲等3项 均已逾期.
    pub(super) fn subject(&self) -> String {
        let Some(first) = self.items.first() else { return String::new() };
        let shown = if self.open > 0 { self.open } else { self.late.max(self.news) };
        let several = if shown > 1 { format!("等{shown}项") } else { String::new() };
        let name = format!("{}{several}", first.title.shortened(LONGEST_TITLE));
        let due = self.due_in_brackets(first);
        if self.open > 0 {
            let left = self.left(first);
            let sign = if self.asks_to_sign() { " 请签收" } else { "" };
            return match (self.late, self.open) {
                (0, 1) => format!("{name} {left}{due}{sign}"),
                (0, _) => format!("{name} 最近一项{left}{sign}"),
                (late, _) => format!("{name} {left}，另有{late}项已逾期"),
            };
        }
        match (self.late, self.news) {
            (0, 1) => format!("{name} {}", self.in_short(first)),
            (0, _) => name,
            (1, _) => format!("{name} {}{due}", self.left(first)),
            (_, _) => format!("{name} 均已逾期"),
        }
    }

    /// 请于4月3日（星期五）前办结，还剩1个工作日；另有3项已逾期.
    pub(super) fn headline(&self) -> String {
        let Some(first) = self.items.first() else { return String::new() };
        let is_own = self.items.iter().any(|item| item.role == Role::Responsible);
        let verb = if is_own { "办结" } else { "督促办结" };
        if self.open > 0 {
            let several = match self.open {
                1 => String::new(),
                open => format!("{open}项待办，最近一项"),
            };
            let late = match self.late {
                0 => String::new(),
                late => format!("；另有{late}项已逾期"),
            };
            let sign = if self.asks_to_sign() { "；请先签收" } else { "" };
            return format!("{several}{}{late}{sign}", self.by_when(first, verb));
        }
        match (self.late, self.news) {
            (0, 1) if first.correction.is_some() => self.in_short(first),
            (0, 1) if self.news_label() == "更正" => {
                format!("到期日更正：{}", self.in_short(first))
            }
            (0, 1) => format!("到期日有变更：{}", self.in_short(first)),
            (0, news) => format!("{news}项{}", news_of_several(self.news_label())),
            (1, _) => format!("{}，请立即{verb}", self.left(first)),
            (late, _) => format!("{late}项均已逾期，请立即{verb}"),
        }
    }

    fn asks_to_sign(&self) -> bool {
        self.items.iter().any(|item| is_new(item))
    }

    fn by_when(&self, item: &MessageItem, verb: &str) -> String {
        let left = self.left(item);
        let due = item.dates.filter(|_| !item.internal);
        let Some(dates) = due else { return left };
        let day = near_date(dates.act_by, self.sent.today());
        let hour = time_of_day(dates);
        format!("请于{day}{hour}前{verb}，{left}")
    }

    fn left(&self, item: &MessageItem) -> String {
        match item.dates {
            None => "已中止，暂无到期日".to_owned(),
            Some(dates) if item.internal => time_to_target(dates, self.sent.today()),
            Some(dates) => time_left(dates, self.sent),
        }
    }

    /// （12月31日到期，暂定）; empty without a date.
    fn due_in_brackets(&self, item: &MessageItem) -> String {
        let Some(dates) = item.dates else { return String::new() };
        let day = self.day(dates);
        let provisional = if dates.provisional { "，暂定" } else { "" };
        if item.internal {
            format!("（内部目标{day}{provisional}）")
        } else {
            format!("（{day}到期{provisional}）")
        }
    }

    /// 改为1月9日到期（暂定）, or what is right.
    fn in_short(&self, item: &MessageItem) -> String {
        if let Some(correction) = &item.correction {
            return correction.right.as_str().to_owned();
        }
        let Some(dates) = item.dates else { return "已中止，暂无到期日".to_owned() };
        let provisional = if dates.provisional { "（暂定）" } else { "" };
        format!("改为{}到期{provisional}", self.day(dates))
    }

    fn day(&self, dates: ItemDates) -> String {
        short_date(dates.due, self.sent.today()) + &time_of_day(dates)
    }
}

fn news_of_several(label: &str) -> &'static str {
    match label {
        "撤销" => "已撤销",
        "日期变更" => "到期日有变更",
        _ => "有更正",
    }
}

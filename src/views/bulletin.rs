//! The bulletin (通报): `bulletin`.
//!
//! Must not know: how lateness is judged, the command line.

use jiff::civil::Date;
use serde::Serialize;

use super::names::name;
use super::row::{Column, Row};
use super::words::word;
use crate::domain::bulletin::{Color, Tally};
use crate::words::Lang;
use crate::workflows::bulletin::{QuotaLine, Report, Title};

/// A bulletin.
#[derive(Debug, Serialize)]
pub struct BulletinView {
    pub from: Date,
    pub to: Date,
    pub as_of: Date,
    pub total: LineView,
    pub units: Vec<LineView>,
    pub quotas: Vec<QuotaView>,
    pub look_back: Vec<LookBackView>,
}

/// One unit, or the total.
#[derive(Clone, Debug, Serialize)]
pub struct LineView {
    pub unit: String,
    pub due: u32,
    pub on_time: u32,
    pub late: u32,
    pub pending: u32,
    pub overdue: u32,
    pub on_time_percent: Option<String>,
    pub average_days: Option<String>,
    #[serde(serialize_with = "word")]
    pub color: Color,
    #[serde(skip)]
    is_total: bool,
}

/// One unit's quota.
#[derive(Debug, Serialize)]
pub struct QuotaView {
    #[serde(rename = "ref")]
    pub reference: String,
    pub title: String,
    pub unit: String,
    pub done: u32,
    pub required: u32,
    pub next_by: Option<Date>,
    pub no_longer_fits: bool,
    pub bunched: u32,
}

/// What the year before left undone.
#[derive(Debug, Serialize)]
pub struct LookBackView {
    #[serde(rename = "ref")]
    pub reference: String,
    pub title: String,
    pub unit: String,
    pub due: Date,
}

impl Row for LineView {
    const KEYS: &'static [&'static str] = &[
        "unit",
        "due",
        "on_time",
        "late",
        "pending",
        "overdue",
        "on_time_percent",
        "average_days",
        "color",
    ];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::text("单位", "Unit", Self::unit),
            Column::number("应办", "Due", |it, _| it.due.to_string()),
            Column::number("按时", "On time", |it, _| it.on_time.to_string()),
            Column::number("逾期办结", "Done late", |it, _| it.late.to_string()),
            Column::number("未到期", "Pending", |it, _| it.pending.to_string()),
            Column::number("逾期未办", "Overdue", |it, _| it.overdue.to_string()),
            Column::number("按时率", "On time %", |it, _| {
                it.on_time_percent.clone().unwrap_or_default()
            }),
            Column::<Self>::number("平均用时", "Average days", |it, _| {
                it.average_days.clone().unwrap_or_default()
            })
            .droppable(1),
            Column::whole("标识", "Light", |it, lang| it.color.say(lang).to_owned()),
        ]
    }
}

impl LineView {
    fn of(unit: String, tally: &Tally) -> Self {
        Self {
            unit,
            due: tally.due,
            on_time: tally.on_time,
            late: tally.late,
            pending: tally.pending,
            overdue: tally.overdue,
            on_time_percent: tally.on_time_per_mille().map(|it| tenths(i64::from(it)) + "%"),
            average_days: tally.average_tenths().map(tenths),
            color: tally.color(),
            is_total: false,
        }
    }

    fn unit(&self, lang: Lang) -> String {
        if self.is_total { lang.pick("合计", "Total").to_owned() } else { self.unit.clone() }
    }
}

impl BulletinView {
    pub fn of(report: &Report) -> Self {
        let Report { bulletin, quotas, titles, directory } = report;
        let units = bulletin.units.iter();
        Self {
            from: bulletin.from,
            to: bulletin.through,
            as_of: bulletin.as_of,
            total: LineView {
                is_total: true, ..LineView::of("合计".to_owned(), &bulletin.total)
            },
            units: units.map(|(unit, tally)| LineView::of(name(directory, *unit), tally)).collect(),
            quotas: quotas.iter().map(|quota| QuotaView::of(quota, report)).collect(),
            look_back: bulletin
                .look_back
                .iter()
                .map(|share| LookBackView {
                    reference: reference(titles.get(&share.obligation)),
                    title: title(titles.get(&share.obligation)),
                    unit: name(directory, share.unit),
                    due: share.deadline.due,
                })
                .collect(),
        }
    }

    /// The units, then the total.
    pub fn lines(&self) -> Vec<LineView> {
        self.units.iter().chain([&self.total]).cloned().collect()
    }
}

impl QuotaView {
    fn of(quota: &QuotaLine, report: &Report) -> Self {
        Self {
            reference: reference(report.titles.get(&quota.obligation)),
            title: title(report.titles.get(&quota.obligation)),
            unit: name(&report.directory, quota.unit),
            done: quota.pace.done,
            required: quota.pace.required,
            next_by: quota.pace.next_by,
            no_longer_fits: quota.pace.no_longer_fits,
            bunched: quota.pace.bunched,
        }
    }
}

fn reference(title: Option<&Title>) -> String {
    title.map(|it| it.reference.clone()).unwrap_or_default()
}

fn title(title: Option<&Title>) -> String {
    title.map(|it| it.title.clone()).unwrap_or_default()
}

/// A number of tenths with one decimal.
fn tenths(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

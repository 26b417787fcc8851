//! A duty of the generated year: its term, its due days counted a second time, and what moves them.
//!
//! Must not know: the program's own terms and dates.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday, date};

use super::working_days::WorkingDays;

#[derive(Clone, Debug)]
pub(super) enum Term {
    By(Date),
    WorkingDays(i64),
    CalendarDays(i64),
    Months(i64),
    AtLeastDays(i64),
    Hours(i64),
    /// 每月N日前.
    Monthly(i8),
    /// 每季度末.
    QuarterEnd,
    /// 每周五.
    Friday,
    EachWorkingDay,
    /// Every half-year or year.
    Quota {
        times: usize,
        months: i8,
    },
    /// Counted from an event that never comes.
    Waiting,
    Undated,
}

#[derive(Clone, Debug)]
pub(super) struct Duty {
    pub(super) reference: String,
    pub(super) term: Term,
    /// The event, for a term that counts from one.
    pub(super) trigger: Option<DateTime>,
    pub(super) registered: Date,
    pub(super) leads: Vec<usize>,
    pub(super) responsible: Vec<usize>,
    pub(super) silent_until: Option<Date>,
    /// Grows each time the dates move.
    pub(super) version: u32,
    /// Of a duty that does not come back; `None` while its clock stands still.
    pub(super) due: Option<Date>,
    /// The end of a clock in hours.
    pub(super) ends_at: Option<DateTime>,
    /// The day on which its clock was stopped.
    pub(super) stopped_on: Option<Date>,
    /// Working days of the term that had run when the clock was last set going, and the day from which it counts.
    run: (i64, Date),
    /// Working days granted on top.
    extended: i64,
    /// No time of it begins after this day.
    pub(super) ends_on: Option<Date>,
}

/// One time of a duty that comes back; the only one of another, without a name.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) period: String,
    /// First day of the period.
    pub(super) begins: Option<Date>,
    pub(super) due: Option<Date>,
}

impl Duty {
    pub(super) fn new(
        reference: String,
        term: Term,
        registered: DateTime,
        days: &WorkingDays,
    ) -> Self {
        let counts = matches!(
            term,
            Term::WorkingDays(_)
                | Term::CalendarDays(_)
                | Term::Months(_)
                | Term::AtLeastDays(_)
                | Term::Hours(_)
        );
        let mut duty = Self {
            reference,
            term,
            trigger: counts.then_some(registered),
            registered: registered.date(),
            leads: Vec::new(),
            responsible: Vec::new(),
            silent_until: None,
            version: 1,
            due: None,
            ends_at: None,
            stopped_on: None,
            run: (0, registered.date()),
            extended: 0,
            ends_on: None,
        };
        duty.ends_on = match duty.term {
            Term::EachWorkingDay => Some(duty.registered + 25.days()),
            Term::Friday => Some(duty.registered + 70.days()),
            Term::Monthly(_) => Some(duty.registered + 150.days()),
            _ => None,
        };
        if let Term::Hours(hours) = duty.term {
            duty.ends_at = Some(registered + hours.hours());
        }
        duty.due = duty.ends(days);
        duty
    }

    /// The last lawful day of a duty that does not come back.
    fn ends(&self, days: &WorkingDays) -> Option<Date> {
        let day0 = self.trigger.map(DateTime::date);
        Some(match self.term {
            Term::By(day) if self.extended == 0 => day,
            Term::By(day) => days.shift(day, self.extended),
            Term::WorkingDays(n) => days.shift(self.run.1, n - self.run.0 + self.extended),
            Term::CalendarDays(n) | Term::AtLeastDays(n) => days.on_or_after(day0? + n.days()),
            Term::Months(n) => days.on_or_after(day0? + n.months()),
            Term::Hours(_) => self.ends_at?.date(),
            Term::Monthly(_)
            | Term::QuarterEnd
            | Term::Friday
            | Term::EachWorkingDay
            | Term::Quota { .. }
            | Term::Waiting
            | Term::Undated => return None,
        })
    }

    /// The name of its ladder in the file of ladders.
    pub(super) fn ladder(&self) -> Option<&'static str> {
        Some(match self.term {
            Term::By(_) | Term::QuarterEnd => "fixed-date",
            Term::WorkingDays(..=3) | Term::Hours(_) => "urgent",
            Term::WorkingDays(4..=10) => "short",
            Term::WorkingDays(_) | Term::CalendarDays(_) | Term::Months(_) | Term::Waiting => {
                "standard"
            }
            Term::AtLeastDays(_) => "comment",
            Term::Monthly(_) | Term::Friday => "recurring",
            Term::EachWorkingDay => "daily",
            Term::Quota { .. } => "quota",
            Term::Undated => return None,
        })
    }

    /// As the ledger writes the term.
    pub(super) fn code(&self) -> String {
        match self.term {
            Term::By(day) => day.to_string(),
            Term::WorkingDays(n) => format!("{n}wd"),
            Term::CalendarDays(n) => format!("{n}d"),
            Term::Months(n) => format!("{n}mo"),
            Term::AtLeastDays(n) => format!(">={n}d"),
            Term::Hours(n) => format!("{n}h"),
            Term::Monthly(day) => format!("every:1mo@0-{day}"),
            Term::QuarterEnd => "every:3mo@2-last".to_owned(),
            Term::Friday => "every:1w@5".to_owned(),
            Term::EachWorkingDay => "every:1wd".to_owned(),
            Term::Quota { times, months } => format!(">={times}/{months}mo"),
            Term::Waiting => "20wd".to_owned(),
            Term::Undated => "undated".to_owned(),
        }
    }

    /// Every time that is owed through `end`: the first one is the first that is not due before the registration.
    pub(super) fn turns(&self, days: &WorkingDays, end: Date) -> Vec<Turn> {
        let mut turns = Vec::new();
        let mut day = date(self.registered.year(), 1, 1);
        while day <= end {
            let period = self.period_due_on(day, days).filter(|_| day >= self.registered);
            let begins = self.begins(day);
            let is_over = self.ends_on.is_some_and(|ends| begins > ends && !turns.is_empty());
            if let Some(period) = period.filter(|_| !is_over) {
                turns.push(Turn { period, begins: Some(begins), due: Some(day) });
            }
            day = day.tomorrow().unwrap();
        }
        let comes_back = matches!(
            self.term,
            Term::Monthly(_)
                | Term::QuarterEnd
                | Term::Friday
                | Term::EachWorkingDay
                | Term::Quota { .. }
        );
        if !comes_back {
            turns.push(Turn { period: String::new(), begins: None, due: None });
        }
        turns
    }

    /// The first day of the period that is due on this day.
    fn begins(&self, due: Date) -> Date {
        let months_before = |months: i8| due.first_of_month() - i64::from(months - 1).months();
        match self.term {
            Term::QuarterEnd => months_before(3),
            Term::Quota { months, .. } => months_before(months),
            Term::Monthly(_) => months_before(1),
            Term::Friday => due - 4.days(),
            _ => due,
        }
    }

    /// The name of the period that is due on this day, if one is.
    fn period_due_on(&self, day: Date, days: &WorkingDays) -> Option<String> {
        let is_month_end = day == day.last_of_month();
        match self.term {
            Term::Monthly(by) => {
                (day.day() == by).then(|| format!("{}-{:02}", day.year(), day.month()))
            }
            Term::QuarterEnd => (is_month_end && day.month() % 3 == 0)
                .then(|| format!("{}Q{}", day.year(), day.month() / 3)),
            Term::Friday => (day.weekday() == Weekday::Friday).then(|| {
                let week = day.iso_week_date();
                format!("{}W{:02}", week.year(), week.week())
            }),
            Term::EachWorkingDay => days.is_working(day).then(|| day.to_string()),
            Term::Quota { months: 12, .. } => {
                (is_month_end && day.month() == 12).then(|| day.year().to_string())
            }
            Term::Quota { .. } => (is_month_end && day.month() % 6 == 0)
                .then(|| format!("{}H{}", day.year(), day.month() / 6)),
            _ => None,
        }
    }

    pub(super) fn extend(&mut self, by: i64, days: &WorkingDays) {
        self.extended += by;
        self.version += 1;
        self.due = self.ends(days);
    }

    /// The day itself still counts.
    pub(super) fn stop(&mut self, on: Date, days: &WorkingDays) {
        self.run = (self.run.0 + days.between(self.run.1, on), on);
        self.stopped_on = Some(on);
        self.version += 1;
        self.due = None;
    }

    pub(super) fn go_on(&mut self, on: Date, days: &WorkingDays) {
        self.run.1 = on;
        self.stopped_on = None;
        self.version += 1;
        self.due = self.ends(days);
    }
}

//! Whether mail may be sent at all (值守): whether this is the original database, whether the clock is plausible, whether
//! passes still run. Mail held by a [`Hold`] is unchanged and goes out once a person has confirmed.
//!
//! Must not know: where the instance mark is kept, how the machine counts time.

use jiff::SignedDuration;

use crate::domain::calendar::WorkCalendar;
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::words::Lang;
use crate::{words, words_of};

/// A step back of at most this much does not count as a clock set back: a time service corrects the clock, or another
/// process has recorded a later reading meanwhile.
const BACKWARD_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The operator is asked for the next notice when the calendar is certain for fewer days than this. The notices of
/// recent years came out in October, November and December.
pub const CERTAIN_DAYS_WANTED: i64 = 60;

/// Why all mail is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The database was copied, restored or moved.
    Displaced(Displacement),
    /// The clock is later than the time that can have passed.
    ClockAhead {
        /// The latest plausible moment.
        expected: Moment,
        /// What the clock reads.
        now: Moment,
    },
}

/// The evidence that a database was copied, restored or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Displacement {
    /// There is no instance mark beside it.
    NoMark,
    /// The instance mark cannot be read.
    UnreadableMark,
    /// The instance mark belongs to another database.
    OtherLedger,
    /// The instance mark names another machine.
    OtherMachine,
    /// The instance mark was copied together with the database.
    CopiedMark,
    /// The instance mark names a journal line that the database lacks: an older state was restored.
    Older,
    /// Its file was replaced, moved, deleted or overwritten while the program had it open.
    Replaced,
}

/// How far the clock may be ahead of the expected time before a person must confirm it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockLimits {
    /// While the program runs and counts the time itself.
    pub jump: SignedDuration,
    /// While it did not run.
    pub downtime: SignedDuration,
    /// The latest reading that is believed while the ledger has recorded none: one year after the end of the calendar,
    /// because a service is not started for the first time with an older calendar.
    pub first: Moment,
}

/// What the program last read on the clock, and how much time the machine has counted since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// The reading of the clock.
    pub read: Moment,
    /// The time counted since, including the time the machine was suspended.
    pub counted: SignedDuration,
}

/// What the ledger records about the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockRecord {
    /// The latest plausible reading.
    pub seen: Option<Moment>,
    /// The implausible reading that waits for a person to confirm it.
    pub doubted: Option<Moment>,
}

/// How plausible a reading of the clock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockReading {
    Plausible,
    /// The clock was set back by this much: nothing is sent twice, and waiting messages wait no longer than before.
    SetBack(SignedDuration),
    /// It is later than the time that can have passed.
    Ahead {
        /// The latest plausible moment.
        expected: Moment,
    },
}

impl Hold {
    /// The item that the hold opens.
    pub fn item(self) -> ItemKey {
        match self {
            Self::Displaced(_) => ItemKey::Instance,
            Self::ClockAhead { .. } => ItemKey::Clock,
        }
    }

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Displaced(_) => "displaced",
            Self::ClockAhead { .. } => "clock",
        }
    }

    pub fn say(self, lang: Lang) -> String {
        let shown = |moment: Moment| moment.local().strftime("%F %H:%M").to_string();
        match self {
            Self::Displaced(displacement) => displacement.say(lang).to_owned(),
            Self::ClockAhead { expected, now } => words!(
                lang,
                zh = "系统时钟为{now}，按推算不应晚于{expected}",
                en = "the clock reads {now}, and nothing later than {expected} was expected",
                now = shown(now),
                expected = shown(expected)
            ),
        }
    }
}

words_of! {
    Displacement {
        NoMark = "no_mark", zh = "台账旁的标记文件（.home）缺失：台账是复制或恢复来的", en = "the instance mark (.home beside the ledger) is missing: the ledger was copied or restored";
        UnreadableMark = "unreadable_mark", zh = "台账旁的标记文件（.home）无法识别", en = "the instance mark (.home beside the ledger) cannot be read";
        OtherLedger = "other_ledger", zh = "台账旁的标记文件（.home）属于另一台账：台账是复制或恢复来的", en = "the instance mark (.home) belongs to another ledger: the ledger was copied or restored";
        OtherMachine = "other_machine", zh = "台账原在另一台机器上使用", en = "the ledger was in use on another machine";
        CopiedMark = "copied_mark", zh = "台账所在文件夹是复制或恢复来的", en = "the folder of the ledger was copied or restored";
        Older = "older", zh = "台账被换成了较早的版本，其后发出的邮件没有记录", en = "an older state of the ledger was restored: mail sent since is not on record";
        Replaced = "replaced", zh = "服务运行期间台账文件被替换、移动、删除或覆盖；请核对文件并重启服务（systemctl restart duban）", en = "the ledger was replaced, moved, deleted or overwritten while the service ran; check the file and restart the service (systemctl restart duban)";
    }
}

/// Judges a clock that reads `now`.
///
/// Right after its start the program allows for the time in which it did not run, unless an implausible reading no
/// later than `now` still waits for a person: a restart confirms nothing.
///
/// ```
/// use duban::domain::moment::Moment;
/// use duban::domain::watch::{ClockLimits, ClockRecord, Elapsed, ClockReading, judge};
/// use jiff::SignedDuration as Span;
/// let read = Moment::at("2022-12-28T01:00:00Z".parse().unwrap());
/// let limits = ClockLimits { jump: Span::from_hours(6), downtime: Span::from_hours(90 * 24), first: read };
/// // fourteen hours of suspension are counted by the machine
/// let elapsed = Elapsed { read, counted: Span::from_hours(14) };
/// let now = read.plus(Span::from_hours(14));
/// let record = ClockRecord { seen: Some(read), doubted: None };
/// assert_eq!(judge(record, Some(elapsed), now, limits), ClockReading::Plausible);
/// ```
pub fn judge(
    record: ClockRecord,
    elapsed: Option<Elapsed>,
    now: Moment,
    limits: ClockLimits,
) -> ClockReading {
    let Some(seen) = record.seen else {
        let expected = limits.first;
        return if now > expected {
            ClockReading::Ahead { expected }
        } else {
            ClockReading::Plausible
        };
    };
    let expected = match elapsed {
        Some(Elapsed { read, counted }) => seen.max(read.plus(counted)).plus(limits.jump),
        None if record.doubted.is_some_and(|doubted| now >= doubted) => seen.plus(limits.jump),
        None => seen.plus(limits.downtime),
    };
    if now > expected {
        return ClockReading::Ahead { expected };
    }
    let back = seen.since(now);
    if back > BACKWARD_TOLERANCE { ClockReading::SetBack(back) } else { ClockReading::Plausible }
}

/// The moment from which a pass at `last` is older than one working day: the same time on the working day after it.
pub fn stale_from(last: Moment, calendar: &WorkCalendar) -> Moment {
    let tomorrow = last.today().tomorrow().unwrap_or(last.today());
    let next = calendar.on_or_after(tomorrow).to_datetime(last.time());
    Moment::from_local(next).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::config::calendars;

    static LIMITS: std::sync::LazyLock<ClockLimits> = std::sync::LazyLock::new(|| ClockLimits {
        jump: SignedDuration::from_hours(6),
        downtime: SignedDuration::from_hours(90 * 24),
        first: december(31, 9).plus(years(1)),
    });

    fn december(day: i8, hour: i8) -> Moment {
        Moment::from_local(date(2022, 12, day).at(hour, 0, 0, 0)).unwrap()
    }

    fn seen(moment: Moment) -> ClockRecord {
        ClockRecord { seen: Some(moment), doubted: None }
    }

    fn years(count: i64) -> SignedDuration {
        SignedDuration::from_hours(count * 365 * 24)
    }

    #[test]
    fn a_clock_nobody_has_read_before_is_believed_as_far_as_a_calendar_is_ever_old() {
        let read = |now| judge(ClockRecord::default(), None, now, *LIMITS);
        assert_eq!(read(december(28, 9)), ClockReading::Plausible);
        let ahead = read(december(28, 9).plus(years(12)));
        assert_eq!(ahead, ClockReading::Ahead { expected: LIMITS.first });
    }

    #[test]
    fn a_running_program_asks_about_a_jump_of_more_than_its_limit() {
        let read = december(28, 9);
        let elapsed = Some(Elapsed { read, counted: SignedDuration::from_secs(30) });
        let after = |hours| read.plus(SignedDuration::from_hours(hours));
        assert_eq!(judge(seen(read), elapsed, after(6), *LIMITS), ClockReading::Plausible);
        let ahead = judge(seen(read), elapsed, after(7), *LIMITS);
        assert!(matches!(ahead, ClockReading::Ahead { .. }), "{ahead:?}");
    }

    #[test]
    fn a_reading_somebody_has_confirmed_meanwhile_is_believed() {
        let read = december(28, 9);
        let elapsed = Some(Elapsed { read, counted: SignedDuration::from_secs(30) });
        let confirmed = read.plus(years(5));
        let now = confirmed.plus(SignedDuration::from_secs(20));
        assert_eq!(judge(seen(confirmed), elapsed, now, *LIMITS), ClockReading::Plausible);
    }

    #[test]
    fn a_service_that_was_down_for_a_holiday_is_not_asked_about_the_clock() {
        let last = december(1, 9);
        let fortnight = last.plus(SignedDuration::from_hours(14 * 24));
        assert_eq!(judge(seen(last), None, fortnight, *LIMITS), ClockReading::Plausible);
        let ahead = judge(seen(last), None, last.plus(years(5)), *LIMITS);
        assert!(matches!(ahead, ClockReading::Ahead { .. }), "{ahead:?}");
    }

    #[test]
    fn a_restart_does_not_answer_for_the_person_who_was_asked() {
        let last = december(1, 9);
        let record = ClockRecord { seen: Some(last), doubted: Some(december(28, 9)) };
        let ahead = judge(record, None, december(28, 10), *LIMITS);
        assert!(matches!(ahead, ClockReading::Ahead { .. }), "{ahead:?}");
        assert_eq!(
            judge(record, None, december(1, 10), *LIMITS),
            ClockReading::Plausible,
            "put right"
        );
    }

    #[test]
    fn a_clock_set_back_is_noticed_and_minutes_are_not() {
        let last = december(28, 9);
        let two_days = SignedDuration::from_hours(48);
        assert_eq!(
            judge(seen(last), None, last.plus(-two_days), *LIMITS),
            ClockReading::SetBack(two_days)
        );
        let minutes = last.plus(-SignedDuration::from_mins(4));
        assert_eq!(judge(seen(last), None, minutes, *LIMITS), ClockReading::Plausible);
    }

    #[test]
    fn a_pass_is_good_until_the_same_time_on_the_next_working_day() {
        let calendar = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
        assert_eq!(stale_from(december(28, 9), &calendar), december(29, 9));
        // Friday 30 December; the new year's holiday lasts until Monday
        let tuesday = Moment::from_local(date(2023, 1, 3).at(16, 0, 0, 0)).unwrap();
        assert_eq!(stale_from(december(30, 16), &calendar), tuesday);
    }
}

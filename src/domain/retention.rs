//! How long data is kept that need not be kept for ever (保存期限).
//!
//! Must not know: where it is stored, how it is deleted. Obligations, dates and the journal have no period: what becomes of
//! them is decided by the archive of the office.

use jiff::SignedDuration;

use crate::domain::moment::Moment;

/// The periods, in days; `None` keeps for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// After it the bytes of accepted mails are packed.
    pub unpacked_mails: Option<u32>,
    /// After it the bytes of mails are deleted, packed or not; their digests stay.
    pub mails: Option<u32>,
    /// After it the texts of mails that came in are deleted.
    pub incoming: Option<u32>,
    /// After it name and address of a retired contact are deleted, once nothing the contact was told of is open.
    pub retired_contacts: Option<u32>,
    /// A ledger with more bytes is reported to the operator.
    pub warn_above_bytes: Option<u64>,
}

/// The moments before which data is due to be packed or deleted; `None` for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionCutoffs {
    pub unpacked_mails: Option<Moment>,
    pub mails: Option<Moment>,
    pub incoming: Option<Moment>,
    pub retired_contacts: Option<Moment>,
}

/// What is due, or was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionCounts {
    pub packed: u64,
    pub mails: u64,
    pub incoming: u64,
    pub contacts: u64,
}

impl RetentionPolicy {
    pub fn cutoffs(&self, now: Moment) -> RetentionCutoffs {
        let before = |days: Option<u32>| {
            days.map(|days| now.plus(-SignedDuration::from_hours(24 * i64::from(days))))
        };
        RetentionCutoffs {
            unpacked_mails: before(self.unpacked_mails),
            mails: before(self.mails),
            incoming: before(self.incoming),
            retired_contacts: before(self.retired_contacts),
        }
    }
}

impl RetentionCounts {
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_of_none_keeps_for_ever() {
        let now = Moment::from_local(jiff::civil::date(2026, 3, 2).at(9, 0, 0, 0)).unwrap();
        let policy = RetentionPolicy { mails: Some(30), ..RetentionPolicy::default() };
        let cutoffs = policy.cutoffs(now);
        assert_eq!(cutoffs.mails.unwrap().today(), jiff::civil::date(2026, 1, 31));
        assert_eq!(cutoffs.incoming, None);
    }
}

//! How long a reminder, and the message it stands in, may wait.
//!
//! Must not know: what is told, when mail goes out.

use crate::words_of;

/// Whether a reminder waits for the contact's mail of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Haste {
    /// It shares the contact's one mail of the working day.
    DayMail,
    /// The date passes before the contact's next mail: it goes out within mail hours, beside the mail of the day.
    Beside,
    /// A clock in hours: it goes out at once, at night and on rest days too.
    AnyHour,
}

words_of! {
    Haste {
        DayMail = "day-mail", zh = "随当日邮件", en = "with the mail of the day";
        Beside = "beside", zh = "当日加发", en = "beside the mail of the day";
        AnyHour = "any-hour", zh = "随时发送", en = "at any hour";
    }
}

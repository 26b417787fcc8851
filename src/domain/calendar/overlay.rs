//! Local rest days and local working days that the national notices do not have.
//!
//! Must not know: files, which unit uses which overlay.

use std::sync::Arc;

use jiff::civil::Date;

use super::day::ListedDay;

/// The days on which one office rests or works against the national calendar (地方放假、单位值班).
///
/// Law: 全国年节及纪念日放假办法 art. 4 leaves regional holidays to the regions; the national notices lack them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// Explanations cite this name in place of a notice's number.
    pub name: String,
    /// Local rest days, each with its reason.
    pub rest: Vec<(Date, String)>,
    /// Local working days, each with its reason.
    pub work: Vec<(Date, String)>,
}

impl Overlay {
    pub(super) fn listed_days(&self) -> impl Iterator<Item = (Date, ListedDay)> {
        let paper: Arc<str> = Arc::from(self.name.as_str());
        let rest = self.rest.iter().map(|day| (false, day));
        rest.chain(self.work.iter().map(|day| (true, day))).map(move |(works, (date, name))| {
            let name = Arc::from(name.as_str());
            (*date, ListedDay { works, name, paper: Arc::clone(&paper) })
        })
    }
}

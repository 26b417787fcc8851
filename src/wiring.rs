//! Builds the real law (calendar, rules, ladders) and mailer from checked settings.
//!
//! Must not know: commands, SQL, SMTP.

use std::path::{Path, PathBuf};

use crate::config::DataSources;
use crate::config::calendars::{self, CalendarFileFault};
use crate::domain::calendar::{CalendarFault, Notice, WorkCalendar};
use crate::workflows::Law;

/// Why the law could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum WiringFault {
    /// A calendar file is not usable.
    #[error(transparent)]
    CalendarFile(#[from] CalendarFileFault),
    /// The notices do not make a calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarFault),
    /// A data file of the office cannot be read.
    #[error("cannot read {}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Puts together what is in force: what is built in, and what the office adds.
///
/// # Errors
///
/// The first file that cannot be used.
pub fn law(sources: &DataSources) -> Result<Law, WiringFault> {
    let mut notices = calendars::shipped()?;
    if let Some(folder) = &sources.calendars {
        add_notices(&mut notices, folder)?;
    }
    Ok(Law { calendar: WorkCalendar::merge(&notices)? })
}

/// Adds the notices of a folder; one for a year that is known replaces it.
fn add_notices(notices: &mut Vec<Notice>, folder: &Path) -> Result<(), WiringFault> {
    for file in json_files(folder)? {
        let text = std::fs::read_to_string(&file)
            .map_err(|source| WiringFault::File { path: file.clone(), source })?;
        let notice = calendars::read(&file.display().to_string(), &text)?;
        notices.retain(|known| known.year != notice.year);
        notices.push(notice);
    }
    Ok(())
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, WiringFault> {
    let fault = |source| WiringFault::File { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

//! Says what the columns of an imported table were taken for, and what in the file was not read.
//!
//! Must not know: how columns are found.

use super::command_context::CommandContext;
use super::failure::Failure;
use crate::intake::ColumnMapping;
use crate::words;
use crate::words::Say as _;

/// Says what the columns of tables were taken for, where their headers are not the declared names.
pub(super) fn say_mappings<'a>(
    mappings: impl Iterator<Item = &'a ColumnMapping>,
    context: &mut CommandContext<'_>,
) -> Result<(), Failure> {
    for mapping in mappings.filter(|mapping| !mapping.is_by_names()) {
        context.say(&mapping.say(context.lang))?;
    }
    Ok(())
}

/// Names what a file hides or strikes out, which is not imported.
pub(super) fn say_removed(
    removed: &[String],
    context: &mut CommandContext<'_>,
) -> Result<(), Failure> {
    for row in removed {
        context.say(&words!(
            context.lang,
            zh = "隐藏或划掉，未导入：{row}",
            en = "hidden or struck out, not imported: {row}"
        ))?;
    }
    Ok(())
}

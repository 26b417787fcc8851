//! Tells what is wrong with a text that is not TOML.
//!
//! Must not know: keys.

use std::path::Path;

use super::fault::{ConfigFault, FaultKind, Place, SyntaxFault};
use super::file::line_of;

/// Quotes and signs of a Chinese keyboard that stand where TOML has its own.
const FULL_WIDTH: [char; 10] = ['“', '”', '‘', '’', '＝', '［', '］', '＃', '｛', '｝'];

/// The fault that the parser found, in our words where it is a usual one.
pub(super) fn syntax_fault(
    path: Option<&Path>,
    text: &str,
    error: &toml::de::Error,
) -> ConfigFault {
    let offset = error.span().map_or(0, |span| span.start).min(text.len());
    let start = text.as_bytes().iter().take(offset).rposition(|byte| *byte == b'\n');
    let start = start.map_or(0, |newline| newline + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let column = text.get(start..offset).unwrap_or_default().chars().count() + 1;
    let message = error.message();
    let fault = match outside_quotes(line).find(|sign| FULL_WIDTH.contains(sign)) {
        Some(sign) => SyntaxFault::FullWidth(sign),
        None if message.contains("duplicate key") => SyntaxFault::Duplicate,
        None if message.contains("must be quoted") => SyntaxFault::Unquoted,
        None if message.contains("with no value") || message.contains("no `=`") => {
            SyntaxFault::NoEquals
        }
        None => SyntaxFault::Other(message.to_owned()),
    };
    let place = match path {
        Some(path) => Place::File { path: path.to_owned(), line: Some(line_of(text, offset)) },
        None => Place::Default,
    };
    ConfigFault { place, key: String::new(), kind: FaultKind::Syntax { column, fault } }
}

/// The characters of a line that stand outside its quotes and before its comment.
fn outside_quotes(line: &str) -> impl Iterator<Item = char> {
    let mut quoted = false;
    line.chars()
        .take_while(move |sign| {
            quoted ^= *sign == '"';
            quoted || *sign != '#'
        })
        .scan(false, |quoted, sign| {
            *quoted ^= sign == '"';
            Some((!*quoted).then_some(sign))
        })
        .flatten()
}

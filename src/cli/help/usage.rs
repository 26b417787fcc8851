//! Faults of the command line in two languages.
//!
//! Must not know: what the command does.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::page::usage_in_language;
use crate::cli::values::ValueFault;
use crate::domain::hidden::{code_point, one_line};
use crate::intake::LONGEST_CELL;
use crate::words;
use crate::words::{Lang, Say as _};

/// What is said about a fault of the command line: the fault, a suggestion, the usage.
pub(in crate::cli) fn say(error: &clap::Error, lang: Lang) -> String {
    let mut lines =
        vec![words!(lang, zh = "错误：{fault}", en = "error: {fault}", fault = fault(error, lang))];
    lines.extend(
        hint(error, lang).map(|hint| words!(lang, zh = "提示：{hint}", en = "hint: {hint}")),
    );
    let usage = texts(error, ContextKind::Usage);
    lines.extend(usage.first().map(|usage| usage_in_language(usage, lang)));
    lines.join("\n") + "\n"
}

/// What is said about an argument that holds a character nobody sees.
pub(in crate::cli) fn hidden_character(argument: &str, hidden: char, lang: Lang) -> String {
    let shown = one_line(argument);
    words!(
        lang,
        zh = "错误：“{shown}”含有看不见的字符{code}（控制符、换行、方向符或者零宽字符）\n提示：请删除该字符后重新运行\n",
        en = "error: `{shown}` holds the character {code}, which nobody sees (a control, a line break, a direction mark or without width)\nhint: delete it and run the command again\n",
        code = code_point(hidden)
    )
}

/// What is said about an argument that no cell of a table could hold.
pub(in crate::cli) fn too_long(argument: &str, lang: Lang) -> String {
    let begin: String = one_line(argument).chars().take(20).collect();
    words!(
        lang,
        zh = "错误：“{begin}……”超过{limit}个字\n提示：请缩短后重新运行\n",
        en = "error: `{begin}…` is longer than {limit} characters\nhint: shorten it and run the command again\n",
        limit = LONGEST_CELL
    )
}

#[expect(clippy::wildcard_enum_match_arm, reason = "clap may add kinds")]
fn fault(error: &clap::Error, lang: Lang) -> String {
    let arguments = texts(error, ContextKind::InvalidArg);
    let argument = arguments.join(lang.separator());
    let value = texts(error, ContextKind::InvalidValue).concat();
    match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            words!(lang, zh = "没有选项 {argument}", en = "there is no option {argument}")
        }
        ErrorKind::UnknownArgument => {
            words!(lang, zh = "多余的参数“{argument}”", en = "unexpected argument `{argument}`")
        }
        ErrorKind::InvalidSubcommand => words!(
            lang,
            zh = "没有命令“{name}”",
            en = "there is no command `{name}`",
            name = texts(error, ContextKind::InvalidSubcommand).concat()
        ),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            lang.pick("缺少命令", "a command is missing").to_owned()
        }
        ErrorKind::MissingRequiredArgument => {
            words!(lang, zh = "缺少 {argument}", en = "missing: {argument}")
        }
        ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues
            if value.is_empty() =>
        {
            words!(lang, zh = "{argument} 后面缺少值", en = "{argument} needs a value")
        }
        ErrorKind::InvalidValue => words!(
            lang,
            zh = "{argument} 不能写“{value}”",
            en = "`{value}` is not possible for {argument}"
        ),
        ErrorKind::ValueValidation => words!(
            lang,
            zh = "{argument}：“{value}”{why}",
            en = "{argument}: `{value}` is {why}",
            why = why(error, lang)
        ),
        ErrorKind::ArgumentConflict => conflict(error, &arguments, lang),
        ErrorKind::TooManyValues => {
            words!(
                lang,
                zh = "{argument} 的值过多：“{value}”",
                en = "too many values for {argument}: `{value}`"
            )
        }
        ErrorKind::NoEquals => {
            words!(
                lang,
                zh = "{argument} 和值之间须写 =",
                en = "{argument} needs = before its value"
            )
        }
        ErrorKind::InvalidUtf8 => {
            lang.pick("有的参数不是UTF-8文字", "an argument is not UTF-8 text").to_owned()
        }
        _ => lang.pick("命令有误", "the command line is wrong").to_owned(),
    }
}

fn conflict(error: &clap::Error, arguments: &[String], lang: Lang) -> String {
    let argument = arguments.join(lang.separator());
    let others = texts(error, ContextKind::PriorArg);
    if others.is_empty() || others == arguments {
        return words!(
            lang,
            zh = "{argument} 只能写一次",
            en = "{argument} can be given only once"
        );
    }
    let others = others.join(lang.separator());
    words!(
        lang,
        zh = "{argument} 不能与 {others} 同时使用",
        en = "{argument} cannot be used with {others}"
    )
}

/// Why a value is not understood: the words of its parser, which this program has written.
fn why(error: &clap::Error, lang: Lang) -> String {
    let source = std::error::Error::source(error);
    let fault = source.and_then(|source| source.downcast_ref::<ValueFault>());
    fault
        .map_or_else(|| lang.pick("无法识别", "not understood").to_owned(), |fault| fault.say(lang))
}

fn hint(error: &clap::Error, lang: Lang) -> Option<String> {
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
        ContextKind::SuggestedCommand,
    ];
    let suggested: Vec<String> =
        suggested.into_iter().flat_map(|kind| texts(error, kind)).collect();
    let possible =
        [texts(error, ContextKind::ValidValue), texts(error, ContextKind::ValidSubcommand)]
            .concat();
    let list = |names: &[String]| lang.list(names);
    if !suggested.is_empty() {
        let list = list(&suggested);
        return Some(words!(lang, zh = "是否想用 {list}？", en = "did you mean {list}?"));
    }
    if !possible.is_empty() {
        let list = list(&possible);
        return Some(words!(lang, zh = "可用：{list}", en = "possible: {list}"));
    }
    (error.kind() == ErrorKind::InvalidSubcommand).then(|| {
        lang.pick("全部命令见 duban --help", "`duban --help` lists all commands").to_owned()
    })
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        Some(ContextValue::Number(number)) => vec![number.to_string()],
        Some(_) | None => Vec::new(),
    }
}

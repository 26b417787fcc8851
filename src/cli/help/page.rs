//! Lays out the help of a command: what it does, usage, arguments and options, in lines of limited cell width.
//!
//! Must not know: the texts themselves.

use clap::{Arg, Command};
use unicode_width::UnicodeWidthStr as _;

use super::text;
use crate::views::wrap::wrap;
use crate::words;
use crate::words::Lang;

/// Names wider than this stand in a line of their own.
const WIDEST_NAME: usize = 24;

/// Commands under one heading of the overview.
pub(super) struct Group {
    zh: &'static str,
    en: &'static str,
    pub(super) commands: &'static [&'static str],
}

pub(super) const GROUPS: [Group; 7] = [
    Group {
        zh: "日常",
        en: "Daily",
        commands: &[
            "upcoming", "show", "explain", "add", "ack", "report", "close", "reopen", "withdraw",
            "count", "undo",
        ],
    },
    Group { zh: "时限与周期", en: "Terms and series", commands: &["clock", "series"] },
    Group {
        zh: "表格与文档",
        en: "Tables and documents",
        commands: &["import", "template", "extract", "due", "calendar", "rules"],
    },
    Group { zh: "单位与人员", en: "People", commands: &["units", "contacts"] },
    Group { zh: "邮件", en: "Mail", commands: &["remind", "plan", "mail"] },
    Group { zh: "通报与记录", en: "Office", commands: &["bulletin", "journal"] },
    Group {
        zh: "服务",
        en: "Service",
        commands: &["serve", "status", "doctor", "items", "ledger", "demo"],
    },
];

/// What `duban` alone lists.
const DAILY: [&str; 12] = [
    "upcoming", "show", "explain", "add", "ack", "report", "close", "reopen", "withdraw", "count",
    "remind", "items",
];

/// The commands of every day, for `duban` alone.
pub(in crate::cli) fn daily_page(root: &Command, width: usize, lang: Lang) -> String {
    let mut page = Page { text: String::new(), width, lang };
    let commands = DAILY.iter().filter_map(|name| root.find_subcommand(name));
    page.section(
        lang.pick("常用命令", "Daily commands"),
        commands.map(|it| page_entry(it, lang)).collect(),
    );
    page.paragraph(lang.pick(
        "全部命令见 duban --help，某一命令的用法见 duban 命令 --help。",
        "All commands: `duban --help`. One command: `duban COMMAND --help`.",
    ));
    page.text
}

/// The help of the command to which `path` leads from `root`; `is_long` adds everything beyond the first sentences.
pub(in crate::cli) fn command_page(
    mut root: Command,
    path: &[String],
    is_long: bool,
    width: usize,
    lang: Lang,
) -> String {
    root.build();
    let (mut command, mut names) = (root, path.iter());
    while let Some(inner) = names.next().and_then(|name| command.find_subcommand(name)) {
        command = inner.clone();
    }
    let command = &mut command;
    let usage = usage_line(command, lang);
    let mut page = Page { text: String::new(), width, lang };
    page.about(command, is_long);
    page.paragraph(&usage);
    if path.is_empty() {
        page.overview(command);
    } else {
        let inner = command.get_subcommands().filter(|it| !it.is_hide_set());
        page.section(lang.pick("命令", "Commands"), inner.map(|it| page_entry(it, lang)).collect());
    }
    page.arguments(command, is_long, path.is_empty());
    if path.is_empty() {
        page.paragraph(lang.pick(EXIT_CODES_ZH, EXIT_CODES_EN));
    }
    page.text
}

pub(super) const EXIT_CODES_ZH: &str = "退出码：0 完成 · 1 意外错误 · 2 命令有误 · 10 配置有误 · 11 台账不能用或已损坏 · 12 日历未覆盖 · 13 邮件服务器无法连接或拒绝 · 14 输入被拒绝 · 20 需要人工处理（已完成而有遗留，或者须先确认） · 75 暂时不能执行（磁盘已满、台账被占用），请稍后再试";
pub(super) const EXIT_CODES_EN: &str = "Exit codes: 0 done · 1 unexpected · 2 wrong command line · 10 configuration wrong · 11 ledger unusable or corrupt · 12 calendar does not reach · 13 relay unreachable or refusing · 14 input rejected · 20 something needs a person (it is left, or asked before it is done) · 75 not now (disk full, ledger busy), try again";

/// `用法：duban clock extend [选项] --by <期限> <编号>`.
pub(super) fn usage_line(command: &mut Command, lang: Lang) -> String {
    let usage = command.render_usage().to_string();
    usage_in_language(&usage, lang)
}

/// A usage line of clap in `lang`.
pub(super) fn usage_in_language(usage: &str, lang: Lang) -> String {
    let usage = usage.trim().strip_prefix("Usage:").unwrap_or(usage).trim();
    match lang {
        Lang::En => format!("Usage: {usage}"),
        Lang::Zh => {
            let usage = usage
                .replace("[OPTIONS]", "[选项]")
                .replace("[COMMAND]", "[命令]")
                .replace("<COMMAND>", "<命令>");
            format!("用法：{usage}")
        }
    }
}

pub(super) fn page_entry(command: &Command, lang: Lang) -> (String, String) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    (command.get_name().to_owned(), text(&about, lang))
}

struct Page {
    text: String,
    width: usize,
    lang: Lang,
}

impl Page {
    /// A paragraph, with an empty line before it.
    fn paragraph(&mut self, paragraph: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for line in wrap(paragraph, self.width) {
            self.line(&line);
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn about(&mut self, command: &Command, is_long: bool) {
        let long = command.get_long_about().filter(|_| is_long);
        let about = long.or(command.get_about()).map(ToString::to_string).unwrap_or_default();
        for paragraph in about.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
            self.paragraph(&text(paragraph, self.lang));
        }
    }

    /// All commands under their headings.
    fn overview(&mut self, root: &Command) {
        for Group { zh, en, commands } in GROUPS {
            let commands = commands.iter().filter_map(|name| root.find_subcommand(name));
            let entries = commands.map(|it| page_entry(it, self.lang)).collect();
            self.section(self.lang.pick(zh, en), entries);
        }
    }

    fn arguments(&mut self, command: &Command, is_long: bool, is_root: bool) {
        let [arguments, options, common_options] =
            argument_sections(command, is_long, is_root, self.lang);
        self.section(arguments.0, arguments.1);
        self.section(options.0, options.1);
        if is_long || is_root {
            self.section(common_options.0, common_options.1);
        } else {
            self.paragraph(self.lang.pick(
                "通用选项 --config、--as-of、--format、--lang 的说明见 duban --help，本命令的详细说明见 --help。",
                "For --config, --as-of, --format and --lang see `duban --help`; more about this command with --help.",
            ));
        }
    }

    /// Entries of a name and what it means, under a heading; nothing when there are none.
    fn section(&mut self, heading: &str, entries: Vec<(String, String)>) {
        if entries.is_empty() {
            return;
        }
        self.paragraph(&words!(self.lang, zh = "{heading}：", en = "{heading}:"));
        let widths = entries.iter().map(|(name, _)| name.width()).filter(|it| *it <= WIDEST_NAME);
        let indent = widths.max().unwrap_or(WIDEST_NAME) + 4;
        for (name, meaning) in entries {
            // A terminal narrower than that is not worth a layout of its own.
            let room = self.width.saturating_sub(indent).max(20);
            let mut lines = wrap(&meaning, room).into_iter();
            let fits = name.width() + 4 <= indent;
            let first = if fits { lines.next() } else { None };
            let gap = " ".repeat(indent.saturating_sub(name.width() + 2));
            self.line(&format!("  {name}{gap}{}", first.unwrap_or_default()));
            for line in lines {
                self.line(&format!("{}{line}", " ".repeat(indent)));
            }
        }
    }
}

/// Arguments, options, and options of every command, each with its heading; the options of the root are its own.
pub(super) fn argument_sections(
    command: &Command,
    is_long: bool,
    is_root: bool,
    lang: Lang,
) -> [(&'static str, Vec<(String, String)>); 3] {
    let shown = |argument: &&Arg| !argument.is_hide_set();
    let entries = |filter: &dyn Fn(&Arg) -> bool| {
        let arguments = command.get_arguments().filter(shown).filter(|it| filter(it));
        arguments.map(|it| argument_entry(it, is_long, lang)).collect::<Vec<_>>()
    };
    let is_common = |it: &Arg| it.is_global_set() || is_automatic(it);
    [
        (lang.pick("参数", "Arguments"), entries(&|it| it.is_positional())),
        (
            lang.pick("选项", "Options"),
            entries(&|it| !it.is_positional() && (is_root || !is_common(it))),
        ),
        (
            lang.pick("通用选项", "Options of every command"),
            entries(&|it| !it.is_positional() && !is_root && is_common(it)),
        ),
    ]
}

/// `--help` and `--version`, which clap adds.
fn is_automatic(argument: &Arg) -> bool {
    matches!(argument.get_id().as_str(), "help" | "version")
}

fn argument_entry(argument: &Arg, is_long: bool, lang: Lang) -> (String, String) {
    let values: Vec<String> = argument
        .get_value_names()
        .filter(|_| argument.get_action().takes_values())
        .unwrap_or_default()
        .iter()
        .map(|name| format!("<{name}>"))
        .collect();
    let flags = [
        argument.get_short().map(|short| format!("-{short}")),
        argument.get_long().map(|long| format!("--{long}")),
    ];
    let flags: Vec<String> = flags.into_iter().flatten().collect();
    let name = [flags.join(", "), values.join(" ")];
    let name: Vec<String> = name.into_iter().filter(|part| !part.is_empty()).collect();
    (name.join(" "), meaning(argument, is_long, lang))
}

fn meaning(argument: &Arg, is_long: bool, lang: Lang) -> String {
    match argument.get_id().as_str() {
        "help" => {
            return lang
                .pick("显示说明；-h 只显示要点", "Print help; -h prints a summary")
                .to_owned();
        }
        "version" => return lang.pick("显示版本", "Print the version").to_owned(),
        _ => {}
    }
    let long = argument.get_long_help().filter(|_| is_long);
    let help = long.or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut parts: Vec<String> = help.split("\n\n").map(|part| text(part, lang)).collect();
    let is_flag = !argument.get_action().takes_values();
    let possible = argument.get_possible_values();
    let possible: Vec<_> = possible.iter().filter(|it| !is_flag && !it.is_hide_set()).collect();
    if is_long && possible.iter().any(|value| value.get_help().is_some()) {
        for value in possible {
            let help = value.get_help().map(ToString::to_string).unwrap_or_default();
            let (name, help) = (value.get_name(), text(&help, lang));
            parts.push(words!(lang, zh = "{name}：{help}", en = "{name}: {help}"));
        }
    } else if !possible.is_empty() {
        let names: Vec<&str> = possible.iter().map(|value| value.get_name()).collect();
        let list = lang.list(&names);
        parts.push(words!(lang, zh = "可选：{list}", en = "One of {list}"));
    }
    let defaults = argument.get_default_values().iter().map(|value| value.to_string_lossy());
    let defaults: Vec<_> = defaults.filter(|value| !is_flag && !value.is_empty()).collect();
    if !defaults.is_empty() {
        let list = lang.list(&defaults);
        parts.push(words!(lang, zh = "默认：{list}", en = "Default: {list}"));
    }
    parts.join("\n")
}

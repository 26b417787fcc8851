//! Man pages: the help of every command in roff.
//!
//! Must not know: the texts themselves, where pages are written.

use clap::Command;

use super::page::{EXIT_CODES_EN, EXIT_CODES_ZH, argument_sections, page_entry, usage_line};
use super::{in_language, text};
use crate::words::Lang;

/// The page of every command that is listed, as (file name, roff), such as `duban-clock-extend.1`.
pub(in crate::cli) fn man_pages(root: Command, lang: Lang) -> Vec<(String, String)> {
    let mut root = in_language(root, lang);
    root.build();
    let mut pages = Vec::new();
    add_pages(&mut root, "duban", lang, &mut pages);
    pages
}

fn add_pages(command: &mut Command, name: &str, lang: Lang, pages: &mut Vec<(String, String)>) {
    pages.push((format!("{name}.1"), man_page(command, name, lang)));
    for inner in command.get_subcommands_mut().filter(|it| !it.is_hide_set()) {
        let name = format!("{name}-{}", inner.get_name());
        add_pages(inner, &name, lang, pages);
    }
}

fn man_page(command: &mut Command, name: &str, lang: Lang) -> String {
    let is_root = name == "duban";
    let usage = usage_line(command, lang);
    let usage = usage.split_once([':', '：']).map_or(usage.as_str(), |(_, usage)| usage.trim());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let long = command.get_long_about().map_or_else(|| about.clone(), ToString::to_string);

    let mut page = Page(String::new());
    let title = name.to_uppercase();
    page.request(&format!(".TH {title} 1 \"\" \"duban {}\"", env!("CARGO_PKG_VERSION")));
    page.heading(lang.pick("名称", "Name"));
    page.line(&format!("{name} - {}", text(&about, lang)));
    page.heading(lang.pick("用法", "Synopsis"));
    page.line(usage);
    page.heading(lang.pick("说明", "Description"));
    for paragraph in long.split("\n\n") {
        page.request(".PP");
        page.line(&text(paragraph, lang));
    }
    let inner = command.get_subcommands().filter(|it| !it.is_hide_set());
    page.section(lang.pick("命令", "Commands"), inner.map(|it| page_entry(it, lang)).collect());
    for (heading, entries) in argument_sections(command, true, is_root, lang) {
        page.section(heading, entries);
    }
    if is_root {
        page.heading(lang.pick("退出码", "Exit codes"));
        page.line(lang.pick(EXIT_CODES_ZH, EXIT_CODES_EN));
    } else {
        page.heading(lang.pick("参见", "See also"));
        page.line("duban(1)");
    }
    page.0
}

struct Page(String);

impl Page {
    fn request(&mut self, request: &str) {
        self.0.push_str(request);
        self.0.push('\n');
    }

    /// Headings of man pages are in capitals.
    fn heading(&mut self, heading: &str) {
        self.request(&format!(".SH {}", heading.to_uppercase()));
    }

    /// Entries of a name and what it means, under a heading; nothing when there are none.
    fn section(&mut self, heading: &str, entries: Vec<(String, String)>) {
        if !entries.is_empty() {
            self.heading(heading);
        }
        for (name, meaning) in entries {
            self.request(".TP");
            self.line(&name);
            for (n, line) in meaning.lines().enumerate() {
                if n > 0 {
                    self.request(".br");
                }
                self.line(line);
            }
        }
    }

    /// A line of text: no character of it means anything to roff.
    fn line(&mut self, text: &str) {
        let text = text.replace('\\', "\\e").replace('-', "\\-");
        let guard = if text.starts_with(['.', '\'']) { "\\&" } else { "" };
        self.request(&format!("{guard}{text}"));
    }
}

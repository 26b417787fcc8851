//! The bulletin as a printable Chinese document: one HTML page, or Markdown.
//!
//! Must not know: where the figures come from.

use super::bulletin::{BulletinView, LineView, QuotaView};
use super::dates::with_weekday;
use super::html::element;
use super::row::Row as _;
use crate::domain::bulletin::Color;
use crate::words::Lang;

/// What is printed.
pub struct Document<'a> {
    /// Who issues it.
    pub office: &'a str,
    pub bulletin: &'a BulletinView,
}

const STYLE: &str = "body{font-family:serif;max-width:60em;margin:2em auto}h1{text-align:center}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid;padding:.3em .5em}\
.red{color:#b00}.yellow{color:#960}.blue{color:#046}";

/// One HTML page that needs nothing else.
pub fn html(document: &Document<'_>) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>督办事项通报</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>督办事项通报</h1>\n"
    );
    for line in preface(document) {
        page.push_str(&format_line("p", &line));
    }
    page.push_str("<table>\n<tr>");
    for column in LineView::columns() {
        page.push_str(&element("th", column.header(Lang::Zh)));
    }
    page.push_str("</tr>\n");
    for line in document.bulletin.lines() {
        page.push_str("<tr class=\"");
        page.push_str(line.color.word());
        page.push_str("\">");
        for cell in cells(&line) {
            page.push_str(&element("td", &cell));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
    for (title, items) in sections(document.bulletin) {
        page.push_str(&format_line("h2", title));
        page.push_str("<ol>\n");
        for item in items {
            page.push_str(&format_line("li", &item));
        }
        page.push_str("</ol>\n");
    }
    page.push_str(&format_line("p", document.office));
    page.push_str("</body>\n</html>\n");
    page
}

/// Markdown with a pipe table.
pub fn markdown(document: &Document<'_>) -> String {
    let mut text = String::from("# 督办事项通报\n\n");
    for line in preface(document) {
        text.push_str(&line);
        text.push_str("\n\n");
    }
    let mut row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        text.push_str("| ");
        text.push_str(&cells.join(" | "));
        text.push_str(" |\n");
    };
    let columns = LineView::columns();
    row(&columns.iter().map(|column| column.header(Lang::Zh).to_owned()).collect::<Vec<_>>());
    row(&columns.iter().map(|_| "---".to_owned()).collect::<Vec<_>>());
    for line in document.bulletin.lines() {
        row(&cells(&line));
    }
    for (title, items) in sections(document.bulletin) {
        text.push_str("\n## ");
        text.push_str(title);
        text.push_str("\n\n");
        for item in items {
            text.push_str("1. ");
            text.push_str(&item);
            text.push('\n');
        }
    }
    text.push('\n');
    text.push_str(document.office);
    text.push('\n');
    text
}

fn cells(line: &LineView) -> Vec<String> {
    LineView::columns().iter().map(|column| column.cell(line, Lang::Zh)).collect()
}

fn preface(document: &Document<'_>) -> Vec<String> {
    let BulletinView { from, to, as_of, total, .. } = document.bulletin;
    let mut preface = vec![format!(
        "到期日{from}至{to}的事项，截至{}：应办{}项，按时办结{}项，逾期办结{}项，逾期未办{}项，未到期{}项。",
        with_weekday(*as_of, Lang::Zh),
        total.due,
        total.on_time,
        total.late,
        total.overdue,
        total.pending
    )];
    let named = |color: Color| {
        let units = document.bulletin.units.iter().filter(|line| line.color == color);
        units.map(|line| line.unit.as_str()).collect::<Vec<_>>().join("、")
    };
    for (color, words) in
        [(Color::Blue, "全部按时"), (Color::Yellow, "有逾期办结"), (Color::Red, "有逾期未办")]
    {
        let units = named(color);
        if !units.is_empty() {
            preface.push(format!("{words}：{units}。"));
        }
    }
    preface
}

/// The lists below the table that are not empty.
fn sections(bulletin: &BulletinView) -> Vec<(&'static str, Vec<String>)> {
    let quotas = bulletin.quotas.iter().map(|quota| {
        let rest = match (quota.no_longer_fits, quota.next_by) {
            (true, _) => "，剩余时间已不足".to_owned(),
            (false, Some(next_by)) => format!("，下一次最迟{next_by}"),
            (false, None) => String::new(),
        };
        let QuotaView { title, unit, done, required, .. } = quota;
        format!("{unit}：{title}，已完成{done}次，应不少于{required}次{rest}。")
    });
    let look_back = bulletin.look_back.iter().map(|left| {
        format!(
            "{}：{}（{}），应于{}办结，仍未办结。",
            left.unit, left.title, left.reference, left.due
        )
    });
    let sections = [
        ("次数要求进度", quotas.collect::<Vec<_>>()),
        ("上年度未办结事项回头看", look_back.collect()),
    ];
    sections.into_iter().filter(|(_, items)| !items.is_empty()).collect()
}

fn format_line(tag: &str, text: &str) -> String {
    format!("{}\n", element(tag, text))
}

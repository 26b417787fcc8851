//! An HTML page that shows the document with every time expression marked, beside what was understood.
//!
//! One file, without scripts and without anything to load. Must not know: how duties are found.

use super::extraction::{questions, understood};
use super::extraction_account::account_lines;
use crate::intake::document::Document;
use crate::intake::extract::{ExtractedDuty, Extraction, Passage};
use crate::words;
use crate::words::Lang;

const HEAD: &str = "</title><style>
body{margin:0;font:15px/1.7 sans-serif;color:#222}
main{display:flex}
#text{flex:3;padding:1em 2em;white-space:pre-wrap;overflow-wrap:anywhere}
#found{flex:2;padding:1em;background:#f6f6f6;font-size:14px}
mark{background:#c8e6c9}mark.open{background:#ffe0b2}mark.undated{background:#eee;color:#777}
mark.unread{background:#ef9a9a}mark.out{background:none;border-bottom:2px dotted #999}
table{border-collapse:collapse;width:100%}td{border:1px solid #ccc;padding:.3em;vertical-align:top}
tr.open td{background:#fff3e0}a{color:inherit}
</style></head><body><main>";

/// A stretch of the text to mark.
struct Mark {
    start: usize,
    end: usize,
    number: Option<usize>,
    class: &'static str,
    /// Shown when a person points at it.
    title: &'static str,
}

/// Builds the page.
pub fn page(document: &Document, extraction: &Extraction, lang: Lang) -> String {
    let title = lang.pick("时限核对", "Time limits found");
    let mut page = [
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>",
        title,
        HEAD,
    ]
    .concat();
    page.push_str("<div id=\"text\">");
    push_text(&mut page, &document.text, &marks(extraction, lang));
    page.push_str("</div><div id=\"found\">");
    for line in account_lines(extraction, lang) {
        page.push_str("<p>");
        line.chars().for_each(|character| push_character(&mut page, character));
        page.push_str("</p>");
    }
    page.push_str("<table>");
    for (index, duty) in extraction.duties.iter().enumerate() {
        push_row(&mut page, index + 1, duty, lang);
    }
    page.push_str("</table></div></main></body></html>\n");
    page
}

fn marks(extraction: &Extraction, lang: Lang) -> Vec<Mark> {
    let length = |written: &str| written.chars().count();
    let duties = extraction.duties.iter().enumerate().map(|(index, duty)| Mark {
        start: duty.start,
        end: duty.start + length(&duty.written),
        number: Some(index + 1),
        class: class_of(duty),
        title: "",
    });
    let undated = extraction.undated.iter().map(|word| Mark {
        start: word.start,
        end: word.start + length(&word.written),
        number: None,
        class: "undated",
        title: lang.pick("未写明日期", "no date"),
    });
    let account = &extraction.account;
    let passage = |passage: &Passage, class, title| Mark {
        start: passage.start,
        end: passage.start + length(&passage.written),
        number: None,
        class,
        title,
    };
    let unread = account
        .unread
        .iter()
        .map(|it| passage(it, "unread", lang.pick("未识别", "not understood")));
    let left_out =
        account.left_out.iter().map(|it| passage(&it.passage, "out", it.reason.say(lang)));
    let mut marks: Vec<_> = duties.chain(undated).chain(unread).chain(left_out).collect();
    marks.sort_by_key(|mark| mark.start);
    marks
}

/// The CSS class of a duty; `open` while a question waits for an answer.
fn class_of(duty: &ExtractedDuty) -> &'static str {
    if duty.questions.is_empty() { "" } else { "open" }
}

fn push_text(page: &mut String, text: &str, marks: &[Mark]) {
    let mut marks = marks.iter().peekable();
    let mut open: Option<&Mark> = None;
    for (index, character) in text.chars().enumerate() {
        if open.is_some_and(|mark| mark.end <= index) {
            page.push_str("</mark>");
            open = None;
        }
        while marks.peek().is_some_and(|mark| mark.start < index) {
            marks.next();
        }
        if open.is_none()
            && let Some(mark) = marks.next_if(|mark| mark.start == index)
        {
            let id = mark.number.map(|number| format!(" id=\"m{number}\"")).unwrap_or_default();
            // Several duties can begin at one character, as in a merged cell.
            while let Some(also) = marks.next_if(|also| also.start == index) {
                let anchor = also.number.map(|number| format!("<a id=\"m{number}\"></a>"));
                page.push_str(&anchor.unwrap_or_default());
            }
            let title = (!mark.title.is_empty()).then(|| [" title=\"", mark.title, "\""].concat());
            let title = title.unwrap_or_default();
            page.extend(["<mark class=\"", mark.class, "\"", &id, &title, ">"]);
            open = Some(mark);
        }
        push_character(page, character);
    }
    if open.is_some() {
        page.push_str("</mark>");
    }
}

fn push_row(page: &mut String, number: usize, duty: &ExtractedDuty, lang: Lang) {
    let number = number.to_string();
    let head = [
        "<tr class=\"",
        class_of(duty),
        "\"><td><a href=\"#m",
        &number,
        "\">",
        &number,
        "</a></td><td>",
    ];
    page.extend(head);
    let named = |zh: &str, en: &str, content: &str| {
        let name = lang.pick(zh, en);
        (!content.is_empty())
            .then(|| words!(lang, zh = "{name}：{content}", en = "{name}: {content}"))
    };
    let lines = [
        Some(format!("{} → {}", duty.written, understood(duty, lang))),
        named("起算", "Trigger", duty.trigger_words.as_deref().unwrap_or_default()),
        Some(duty.clause.clone()),
        named("牵头", "Lead", &lang.list(&duty.lead)),
        named("责任", "Responsible", &lang.list(&duty.responsible)),
        questions(&duty.questions, lang),
    ];
    for line in lines.into_iter().flatten().filter(|line| !line.is_empty()) {
        line.chars().for_each(|character| push_character(page, character));
        page.push_str("<br>");
    }
    page.push_str("</td></tr>");
}

fn push_character(page: &mut String, character: char) {
    match character {
        '&' => page.push_str("&amp;"),
        '<' => page.push_str("&lt;"),
        '>' => page.push_str("&gt;"),
        '"' => page.push_str("&quot;"),
        other => page.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::extract::extract;

    #[test]
    fn every_expression_is_marked_and_nothing_of_the_document_is_markup() {
        let text = "<b>及时</b>公开，2022年底前全部入库。";
        let document = Document::read("a.txt", text.as_bytes()).unwrap();
        let page = page(&document, &extract(&document, &[], None), Lang::Zh);
        assert!(page.contains(
            "&lt;b&gt;<mark class=\"undated\" title=\"未写明日期\">及时</mark>&lt;/b&gt;公开，<mark class=\"open\" id=\"m1\">2022年底前</mark>"
        ));
        assert!(page.contains("2022年底前 → 2022-12-31"));
    }
}

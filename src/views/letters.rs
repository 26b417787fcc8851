//! The letters of a pass on one page, each as its recipient sees it.
//!
//! Must not know: where they are stored, how a mail is read.

use super::html::{element, escaped};
use crate::words;
use crate::words::Lang;

/// A letter on the page.
pub struct LetterView {
    pub to: String,
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// Path of the file, from the page.
    pub file: String,
}

const STYLE: &str = "\
body{font-family:'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;max-width:60em;margin:2em auto;padding:0 1em;\
line-height:1.6}details{border-top:1px solid #ddd;padding:.5em 0}summary{cursor:pointer}summary small{color:#666}\
iframe{width:100%;height:42em;border:1px solid #ddd}";

/// One page that opens every letter and needs nothing else but the files beside it.
pub fn page(letters: &[LetterView], lang: Lang) -> String {
    let title = words!(lang, zh = "邮件{count}封", en = "{count} letters", count = letters.len());
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{}\n",
        element("h1", &title)
    );
    let open = lang.pick("用邮件程序打开", "open in a mail program");
    for LetterView { to, subject, html, file } in letters {
        page.push_str(&format_letter(to, subject, html, file, open));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn format_letter(to: &str, subject: &str, html: &str, file: &str, open: &str) -> String {
    let (to, subject, html, file) = (escaped(to), escaped(subject), escaped(html), escaped(file));
    format!(
        "<details>\n<summary>{subject}<br><small>{to}</small></summary>\n\
         <p><a href=\"{file}\">{open}</a></p>\n<iframe sandbox loading=\"lazy\" srcdoc=\"{html}\"></iframe>\n</details>\n"
    )
}

//! The templates of mails: finds, checks and renders the shipped ones and those of the office.
//!
//! Must not know: what a mail is about, MIME.
//! Callers: `mail::compose`, `cli`, `wiring`.

mod wrap;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use serde::Serialize;

use crate::mail::one_line::OneLine;
use crate::mail::templates::wrap::hanging;
use crate::words;
use crate::words::{Lang, Say};

/// Every template: its name, which is also its path below an office's folder, and the shipped text.
const SHIPPED: [(&str, &str); 6] = [
    ("reminder/subject.txt", include_str!("reminder/subject.txt")),
    ("reminder/body.txt", include_str!("reminder/body.txt")),
    ("reminder/body.html", include_str!("reminder/body.html")),
    ("operator/subject.txt", include_str!("operator/subject.txt")),
    ("operator/body.txt", include_str!("operator/body.txt")),
    ("operator/body.html", include_str!("operator/body.html")),
];

/// How many steps a template may take; a mail of a thousand items takes about a tenth of them.
const STEPS: u64 = 5_000_000;

/// The wording in force. Names ending in `.html` are escaped; a name that does not exist is an error, not a blank.
#[derive(Debug)]
pub struct Templates {
    engine: Environment<'static>,
    replaced: BTreeMap<String, PathBuf>,
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum TemplateFault {
    /// The file or folder cannot be read, or is not UTF-8.
    Unreadable { path: PathBuf, source: std::io::Error },
    /// No mail uses a template of this name; `known` are the names there are.
    UnknownName { path: PathBuf, known: Vec<&'static str> },
    /// The text is not a template, or uses a name that does not exist.
    Broken {
        /// Path of the office's file, or the name of the shipped one.
        file: String,
        /// Line, from 1; 0 when not known.
        line: usize,
        source: minijinja::Error,
    },
}

impl Say for TemplateFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Unreadable { path, source } => words!(
                lang,
                zh = "无法读取 {path}：{reason}",
                en = "cannot read {path}: {reason}",
                path = path.display(),
                reason = source.say(lang)
            ),
            Self::UnknownName { path, known } => words!(
                lang,
                zh = "{path} 不是邮件模板；可用的模板为{list}",
                en = "{path} is not a template; the names are {list}",
                path = path.display(),
                list = lang.list(known)
            ),
            Self::Broken { file, line, source } => words!(
                lang,
                zh = "{place}：{what}",
                en = "{place}: {what}",
                place = lang.line_of(file, line),
                what = what_is_wrong(source, lang)
            ),
        }
    }
}

impl Templates {
    /// The shipped wording.
    pub fn shipped() -> Self {
        let sources = SHIPPED.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Self { engine: engine(BTreeMap::from(sources)), replaced: BTreeMap::new() }
    }

    /// The shipped wording with the templates of `folder` in place of those of the same name.
    ///
    /// Files are read once, now. Nothing is rendered yet: see [`check`](crate::mail::compose::check).
    ///
    /// # Errors
    ///
    /// Every file that cannot be read ([`TemplateFault::Unreadable`]) or whose name is not a
    /// template's ([`TemplateFault::UnknownName`]).
    pub fn with_folder(folder: &Path) -> Result<Self, Vec<TemplateFault>> {
        let mut sources = BTreeMap::from(SHIPPED.map(|(n, text)| (n.to_owned(), text.to_owned())));
        let mut replaced = BTreeMap::new();
        let mut faults = Vec::new();
        for path in files_below(folder).unwrap_or_else(|fault| {
            faults.push(fault);
            Vec::new()
        }) {
            match read_template(folder, &path) {
                Ok((name, text)) => {
                    sources.insert(name.to_owned(), text);
                    replaced.insert(name.to_owned(), path);
                }
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self { engine: engine(sources), replaced }) } else { Err(faults) }
    }

    /// Renders one template.
    ///
    /// # Errors
    ///
    /// [`TemplateFault::Broken`] with file and line.
    pub(in crate::mail) fn render(
        &self,
        name: &str,
        view: &impl Serialize,
    ) -> Result<String, TemplateFault> {
        let rendered =
            self.engine.get_template(name).and_then(|template| template.render(Serde(view)));
        rendered.map_err(|source| self.broken(name, source))
    }

    fn broken(&self, asked: &str, source: minijinja::Error) -> TemplateFault {
        let name = source.name().unwrap_or(asked);
        let file = match self.replaced.get(name) {
            Some(path) => path.display().to_string(),
            None => name.to_owned(),
        };
        TemplateFault::Broken { file, line: source.line().unwrap_or(0), source }
    }
}

/// What the engine found, without the values it was rendering: those may be personal data.
#[expect(clippy::wildcard_enum_match_arm, reason = "the engine adds kinds")]
fn what_is_wrong(fault: &minijinja::Error, lang: Lang) -> String {
    let zh = match fault.kind() {
        ErrorKind::SyntaxError => "语法错误",
        ErrorKind::UndefinedError => "使用了不存在的名称",
        ErrorKind::UnknownFilter => "使用了不存在的过滤器",
        ErrorKind::UnknownFunction | ErrorKind::UnknownMethod | ErrorKind::UnknownTest => {
            "使用了不存在的函数或者判断"
        }
        ErrorKind::TemplateNotFound | ErrorKind::BadInclude => "引用了不存在的模板",
        ErrorKind::OutOfFuel => "执行步骤过多，模板可能不会结束",
        _ => "模板无法执行",
    };
    match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => fault.detail().map_or_else(|| fault.kind().to_string(), str::to_owned),
    }
}

fn engine(sources: BTreeMap<String, String>) -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(STEPS));
    // Only odd delimiters make `build` fail, and these are the usual ones.
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    engine.set_syntax(syntax.unwrap_or_default());
    engine.set_loader(move |name| Ok(sources.get(name).cloned()));
    // With it a loop of a few steps makes a text of any size; steps are counted, bytes are not.
    engine.remove_global("namespace");
    engine.add_filter("hanging", |text: &str, indent: usize| hanging(text, indent));
    engine.add_filter("shortened", |text: &str, characters: usize| {
        OneLine::clean(text).shortened(characters)
    });
    engine
}

/// Plain files in `folder` and its folders, sorted; hidden files and editors' backups are left out.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, TemplateFault> {
    let unreadable = |source| TemplateFault::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if name.is_none_or(|name| name.starts_with('.') || name.ends_with('~')) {
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_template(folder: &Path, path: &Path) -> Result<(&'static str, String), TemplateFault> {
    let known = || SHIPPED.iter().map(|(name, _)| *name);
    let below = path.strip_prefix(folder).unwrap_or(path);
    let name = known().find(|name| below == Path::new(name)).ok_or_else(|| {
        TemplateFault::UnknownName { path: path.to_owned(), known: known().collect() }
    })?;
    let text = read_limited(path)
        .map_err(|source| TemplateFault::Unreadable { path: path.to_owned(), source })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok((name, text.replace("\r\n", "\n")))
}

/// No template is larger; a device is read no further.
const LARGEST: u64 = 256 * 1024;

fn read_limited(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LARGEST {
        return Err(std::io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A folder of templates with one file in it.
    fn folder_with(name: &str, text: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        folder
    }

    fn fault_of(name: &str, text: &str) -> String {
        let folder = folder_with(name, text.as_bytes());
        let templates = Templates::with_folder(folder.path()).unwrap();
        let fault = templates.render(name, &json!({ "items": [1, 2] })).unwrap_err();
        fault.to_string().replace(folder.path().to_str().unwrap(), "")
    }

    #[test]
    fn an_office_replaces_one_template_and_keeps_the_others() {
        let folder =
            folder_with("operator/subject.txt", "\u{feff}值班：{{ headline }}\r\n".as_bytes());
        let templates = Templates::with_folder(folder.path()).unwrap();
        let view = json!({ "headline": "正常" });
        assert_eq!(templates.render("operator/subject.txt", &view).unwrap(), "值班：正常");
        assert!(
            templates.render("operator/body.txt", &view).is_err(),
            "the shipped one wants more"
        );
    }

    #[test]
    fn a_broken_template_is_named_with_file_and_line() {
        let file = "/reminder/body.txt";
        let undefined = fault_of("reminder/body.txt", "甲\n乙 {{ titel }}\n");
        assert_eq!(undefined, format!("{file}:2: `titel` is undefined"));
        let unended = fault_of("reminder/body.txt", "甲\n乙\n{% for x in items %}");
        assert_eq!(unended, format!("{file}:3: unexpected end of input, expected end of block"));
        let unknown = fault_of("reminder/body.txt", "{{ items|hang }}");
        assert_eq!(unknown, format!("{file}:1: filter hang is unknown"));
    }

    #[test]
    fn a_template_that_never_ends_is_stopped() {
        let endless =
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        let fault = fault_of("reminder/body.txt", endless);
        assert_eq!(fault, "/reminder/body.txt:1: engine ran out of fuel");
    }

    #[test]
    fn a_template_whose_text_doubles_in_a_loop_is_refused() {
        let doubling = "{% set ns = namespace(x='aaaaaaaaaaaaaaaa') %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}";
        let fault = fault_of("reminder/body.txt", doubling);
        assert_eq!(fault, "/reminder/body.txt:1: namespace is unknown");
        let growing =
            "{% set x = 'a' %}{% for i in range(40) %}{% set x = x ~ x %}{% endfor %}{{ x }}";
        let folder = folder_with("reminder/body.txt", growing.as_bytes());
        let templates = Templates::with_folder(folder.path()).unwrap();
        assert_eq!(templates.render("reminder/body.txt", &json!({})).unwrap(), "a");
    }

    #[test]
    fn every_file_that_is_not_a_template_is_named() {
        let folder = folder_with("reminder/boddy.txt", b"");
        std::fs::write(folder.path().join("reminder/subject.txt"), b"\xd6\xd8").unwrap();
        std::fs::write(folder.path().join("reminder/subject.txt~"), b"backup").unwrap();
        let faults = Templates::with_folder(folder.path()).unwrap_err();
        assert!(
            matches!(&faults[0], TemplateFault::UnknownName { path, .. } if path.ends_with("boddy.txt"))
        );
        assert!(
            matches!(&faults[1], TemplateFault::Unreadable { path, .. } if path.ends_with("subject.txt"))
        );
        assert_eq!(faults.len(), 2);
    }

    #[test]
    fn html_is_escaped_and_text_is_not() {
        let text = folder_with("reminder/subject.txt", b"{{ title }}");
        let html = folder_with("reminder/body.html", b"{{ title }}");
        let view = json!({ "title": "<b>&" });
        let text = Templates::with_folder(text.path()).unwrap();
        let html = Templates::with_folder(html.path()).unwrap();
        assert_eq!(text.render("reminder/subject.txt", &view).unwrap(), "<b>&");
        assert_eq!(html.render("reminder/body.html", &view).unwrap(), "&lt;b&gt;&amp;");
    }
}

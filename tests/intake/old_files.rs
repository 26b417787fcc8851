//! Files of other programs: converted where the program is installed, and never taken for a document without duties.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use duban::intake::converter::Converters;
use duban::intake::document::{Document, DocumentFault, ForeignKind, Program};
use duban::intake::extract::extract;

use super::gold::{seed_bytes, seed_names};
use crate::support::office::TestOffice;
use crate::support::office_files::docx;

fn usual() -> Converters {
    Converters::usual(PathBuf::from(env!("CARGO_BIN_EXE_duban")))
}

/// A converter that is this shell script.
fn script(folder: &Path, text: &str) -> Converters {
    let file = folder.join("converter.sh");
    std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    Converters { office: file.clone(), pdf: file, time: Duration::from_secs(30), ..usual() }
}

#[test]
fn a_program_that_is_missing_fails_or_hangs_is_a_fault_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let kind = ForeignKind::Word;
    let missing = Converters { office: folder.path().join("none"), ..usual() };
    let fault = missing.read(b"x", kind).unwrap_err();
    assert_eq!(fault, DocumentFault::NoProgram { kind, program: Program::LibreOffice });
    let fault = script(folder.path(), "exit 3").read(b"x", kind).unwrap_err();
    assert_eq!(fault, DocumentFault::NotConverted { kind });
    let fault = script(folder.path(), "kill -SEGV $$").read(b"x", kind).unwrap_err();
    assert_eq!(fault, DocumentFault::NotConverted { kind });
    let hangs = Converters {
        time: Duration::from_millis(300),
        ..script(folder.path(), "sleep 600 & wait")
    };
    let fault = hangs.read(b"x", kind).unwrap_err();
    assert_eq!(fault, DocumentFault::TooSlow { kind, seconds: 0 });
}

/// The converter sees a folder of its own and nothing of this process.
#[test]
fn a_converter_gets_the_file_and_no_environment() {
    let folder = tempfile::tempdir().unwrap();
    let words = "for last; do :; done; test -z \"$USER$DUBAN_LANG\" && test \"$(cat in.pdf)\" = x && \
                 printf '<page width=\"9\">\\n<word xMin=\"1\" yMin=\"1\" xMax=\"9\" yMax=\"9\">2026年6月底前完成</word>\\n' > \"$last\"";
    let converted = script(folder.path(), words).read(b"x", ForeignKind::Pdf).unwrap();
    assert_eq!(converted.document.text.trim(), "2026年6月底前完成");
    let blank = "for last; do :; done; echo '<page width=\"9\"></page>' > \"$last\"";
    let fault = script(folder.path(), blank).read(b"x", ForeignKind::Pdf).unwrap_err();
    assert_eq!(fault, DocumentFault::Scanned);
}

#[test]
fn what_cannot_be_read_is_refused_with_a_sentence_and_never_an_empty_result() {
    let office = TestOffice::new();
    for (name, bytes) in [
        ("公文.ofd", crate::support::office_files::archive(&[("OFD.xml", b"<x/>")])),
        ("坏.pdf", b"%PDF-1.4 nothing".to_vec()),
        ("坏.rtf", b"{\\rtf1".to_vec()),
        ("图片.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
    ] {
        let file = office.write(name, bytes);
        let run = office.command(&["extract", &file]).output().unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(run.status.code() != Some(0) || !run.stdout.is_empty(), "{name}: {said}");
        assert!(said.contains("hint: ") || run.status.code() == Some(0), "{name}: {said}");
    }
}

#[test]
fn a_page_saved_as_a_mail_and_a_text_in_big5_are_read() {
    let page = "<html><body><p>2026年6月底前完成整改。（县水利局负责）</p></body></html>";
    let mail = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\n\
         Content-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        base64(page.as_bytes())
    );
    let document = Document::read("a.mht", mail.as_bytes()).unwrap();
    assert_eq!(extract(&document, &[], None).duties.len(), 1, "{}", document.text);
    let text = "關於做好2026年防汛工作的通知\n各單位應於2026年5月底前完成檢查，並報送檢查報告。\n";
    let (big5, _, _) = encoding_rs::BIG5.encode(text);
    let document = Document::read("a.txt", &big5).unwrap();
    assert_eq!(document.text, text);
    assert_eq!(extract(&document, &[], None).duties.len(), 1);
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let of_three = |three: &[u8]| {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        let letter = |place: usize| {
            let index = usize::try_from(bits >> (18 - 6 * place)).unwrap() & 63;
            if place <= three.len() { char::from(LETTERS[index]) } else { '=' }
        };
        (0..4).map(letter).collect::<String>()
    };
    bytes.chunks(3).map(of_three).collect()
}

/// The dates of a document, to compare two readings of it.
fn dates(document: &Document) -> Vec<String> {
    let duties = extract(document, &[], None).duties.into_iter();
    duties.filter_map(|duty| Some(duty.term.ok()?.to_string())).collect()
}

/// Of `wanted`, how many `found` has.
fn shared(wanted: &[String], found: &[String]) -> usize {
    let mut left = found.to_vec();
    let is_there = |date: &&String| {
        let place = left.iter().position(|it| it == *date);
        place.map(|place| left.swap_remove(place)).is_some()
    };
    wanted.iter().filter(is_there).count()
}

/// LibreOffice makes the old files from Word files, and reads them again. `tests/all.sh` installs it; only where it says that
/// it could not is the test left out.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "tests/all.sh says so where LibreOffice cannot be had"
)]
fn the_five_documents_as_old_files_give_the_same_duties() {
    if std::env::var_os("DUBAN_TESTS_WITHOUT_CONVERTERS").is_some() {
        return;
    }
    for program in ["soffice", "pdftotext"] {
        let answers = Command::new(program).arg("--version").output().is_ok();
        assert!(
            answers,
            "{program} is missing: install libreoffice-writer-nogui and poppler-utils"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let mut files = BTreeSet::new();
    let mut wanted = Vec::new();
    for (number, name) in seed_names().into_iter().enumerate() {
        let text = String::from_utf8(seed_bytes(&name)).unwrap();
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let bytes = docx(&lines, &[]);
        wanted.push(dates(&Document::read("a.docx", &bytes).unwrap()));
        let file = folder.path().join(format!("{number}.docx"));
        std::fs::write(&file, bytes).unwrap();
        files.insert(file);
    }
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    for (kind, filter) in [
        (ForeignKind::Word, "doc:MS Word 97"),
        (ForeignKind::OpenDocument, "odt"),
        (ForeignKind::Rtf, "rtf"),
        (ForeignKind::Pdf, "pdf"),
    ] {
        let made = Command::new("soffice")
            .args(["--headless", &profile, "--convert-to", filter, "--outdir"])
            .arg(folder.path())
            .args(&files)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let (mut right, mut all) = (0, 0);
        for (number, wanted) in wanted.iter().enumerate() {
            let file = folder.path().join(format!("{number}.{}", kind.ending()));
            let converted = usual().read(&std::fs::read(file).unwrap(), kind).unwrap();
            let found = dates(&converted.document);
            right += shared(wanted, &found);
            all += wanted.len();
        }
        println!("{}: {right} of {all}", kind.name());
        assert!(right * 100 >= all * 95, "{}: {right} of {all}", kind.name());
    }
}

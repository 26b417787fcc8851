//! Files of other programs, turned by these into files that are read here: LibreOffice for old documents, pdftotext for PDF.
//!
//! The programs are optional. They run on a copy in a folder of their own, without the environment of this process, in a
//! process group that is killed when it takes too long, with limits that `duban convert-inside` sets before it becomes the
//! program. Must not know: what the text says. Callers: cli.

mod folder;
mod pdf_pages;

use std::io::ErrorKind;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use self::folder::PrivateFolder;
use super::document::{Document, DocumentFault, ForeignKind, Program};

/// Where programs are looked for.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// The exit code of `duban convert-inside` when it finds no program.
pub const NO_PROGRAM: u8 = 127;
/// Fewest marks of cells in a Word file that make one wonder where its tables are.
const MARKS_OF_A_TABLE: usize = 4;

/// The programs, and how they are run.
#[derive(Clone, Debug)]
pub struct Converters {
    /// This program: it sets the limits and becomes the other one.
    pub launcher: PathBuf,
    pub office: PathBuf,
    pub pdf: PathBuf,
    /// How long a program may take.
    pub time: Duration,
}

/// A document that another program has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    pub document: Document,
    /// The file holds tables that the conversion may have lost.
    pub may_lack_tables: bool,
}

impl Converters {
    /// The usual programs.
    pub fn usual(launcher: PathBuf) -> Self {
        let (office, pdf) = (PathBuf::from("soffice"), PathBuf::from("pdftotext"));
        Self { launcher, office, pdf, time: Duration::from_secs(90) }
    }

    /// Reads a file of a foreign kind.
    ///
    /// # Errors
    ///
    /// A [`DocumentFault`] when the program is missing, fails or takes too long, and what its result may end with.
    pub fn read(&self, bytes: &[u8], kind: ForeignKind) -> Result<Converted, DocumentFault> {
        let failed = |_| DocumentFault::NotConverted { kind };
        let folder = PrivateFolder::create().map_err(failed)?;
        let input = folder.path().join(format!("in.{}", kind.ending()));
        std::fs::write(&input, bytes).map_err(failed)?;
        let converted = match kind {
            ForeignKind::Pdf => {
                let text = folder.path().join("out.html");
                let arguments = ["-bbox", "-enc", "UTF-8"].map(Into::into);
                let files = [input.into_os_string(), text.clone().into_os_string()];
                self.run(kind, folder.path(), arguments.into_iter().chain(files))?;
                let text = std::fs::read_to_string(&text).map_err(failed)?;
                return pdf_pages::read(&text)
                    .map(|document| Converted { document, may_lack_tables: false });
            }
            ForeignKind::OpenSheet => ("xlsx", "xlsx:Calc MS Excel 2007 XML"),
            ForeignKind::Word | ForeignKind::Rtf | ForeignKind::OpenDocument => {
                ("docx", "docx:MS Word 2007 XML")
            }
        };
        let (ending, filter) = converted;
        let out = folder.path().join("out");
        let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
        let arguments = ["--headless", "--norestore", &profile, "--convert-to", filter, "--outdir"];
        let files = [out.clone().into_os_string(), input.into_os_string()];
        self.run(kind, folder.path(), arguments.map(Into::into).into_iter().chain(files))?;
        let name = format!("in.{ending}");
        let result = std::fs::read(out.join(&name)).map_err(failed)?;
        let document = Document::read(&name, &result)?;
        let may_lack_tables = kind == ForeignKind::Word && lacks_tables(bytes, &document);
        Ok(Converted { document, may_lack_tables })
    }

    /// Runs the program of a kind to its end.
    fn run(
        &self,
        kind: ForeignKind,
        folder: &Path,
        arguments: impl Iterator<Item = std::ffi::OsString>,
    ) -> Result<(), DocumentFault> {
        let program = if kind == ForeignKind::Pdf { &self.pdf } else { &self.office };
        let child = Command::new(&self.launcher)
            .arg("convert-inside")
            .arg(program)
            .args(arguments)
            .env_clear()
            .envs([("PATH", PATH), ("LANG", "C.UTF-8")])
            .env("HOME", folder)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|_| DocumentFault::NotConverted { kind })?;
        match self.wait(child) {
            Some(status) if status.success() => Ok(()),
            Some(status) if status.code() == Some(i32::from(NO_PROGRAM)) => {
                Err(DocumentFault::NoProgram { kind, program: Program::of(kind) })
            }
            Some(_) => Err(DocumentFault::NotConverted { kind }),
            None => Err(DocumentFault::TooSlow { kind, seconds: self.time.as_secs() }),
        }
    }

    /// How the child ended; `None` when it took too long and was killed with everything it started.
    fn wait(&self, mut child: Child) -> Option<ExitStatus> {
        let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || sender.send(child.wait()));
        let ended = receiver.recv_timeout(self.time);
        // what it started may still run
        if let Some(group) = group {
            // it fails when nothing is left to kill
            let _killed = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        ended.ok().and_then(Result::ok)
    }
}

/// Becomes `program` with limits on time, memory, files and processes; returns only when that fails.
///
/// # Errors
///
/// Why the program could not be started.
pub fn become_program(program: &Path, arguments: &[std::ffi::OsString]) -> std::io::Error {
    use rustix::process::{Resource, Rlimit, setrlimit};
    const MIB: u64 = 1 << 20;
    let limits = [
        (Resource::Cpu, 60),
        (Resource::As, 4096 * MIB),
        (Resource::Fsize, 64 * MIB),
        (Resource::Nproc, 1024),
        (Resource::Core, 0),
    ];
    for (resource, limit) in limits {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        if let Err(error) = setrlimit(resource, limit) {
            return error.into();
        }
    }
    Command::new(program).args(arguments).exec()
}

/// True for the error of a program that does not exist.
pub fn is_missing(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

/// True when a Word file has many table cells and its conversion has few. In the file each cell ends with U+0007 after its text.
fn lacks_tables(bytes: &[u8], document: &Document) -> bool {
    let marks = |offset: usize| {
        let units: Vec<u16> = bytes
            .get(offset..)
            .unwrap_or_default()
            .chunks_exact(2)
            .map(|pair| pair.iter().rev().fold(0, |unit, byte| unit << 8 | u16::from(*byte)))
            .collect();
        let is_letter = |unit: &u16| (0x4e00..0x9fff).contains(unit) || (0x30..0x3a).contains(unit);
        let pairs = units.iter().zip(units.iter().skip(1));
        pairs.filter(|(letter, mark)| is_letter(letter) && **mark == 7).count()
    };
    let marked = marks(0).max(marks(1));
    marked >= MARKS_OF_A_TABLE && document.filled_cells() * 2 < marked
}

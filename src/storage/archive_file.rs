//! The file of an archive: a ZIP whose last entry names the SHA-256 of every other.
//!
//! Must not know: what the entries are. The same entries give the same bytes. Callers: `cli`.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipArchive, ZipWriter};

const MANIFEST: &str = "MANIFEST.sha256";
/// What stands behind this many bytes of a manifest is not read: the entries it names are not known then.
const LARGEST_MANIFEST: u64 = 1024 * 1024;

/// An archive being written.
pub struct ArchiveWriter {
    zip: ZipWriter<File>,
    manifest: String,
}

impl ArchiveWriter {
    /// Begins a new file, readable by its owner only.
    ///
    /// # Errors
    ///
    /// `AlreadyExists`, or what else the system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        Ok(Self { zip: ZipWriter::new(file), manifest: String::new() })
    }

    /// Adds an entry.
    ///
    /// # Errors
    ///
    /// When `content` cannot be read or the file not be written.
    pub fn add(&mut self, name: &str, content: &mut dyn Read) -> io::Result<()> {
        self.zip.start_file(name, options()).map_err(io_error)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = content.read(&mut buffer)?;
            let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
            hash.update(part);
            self.zip.write_all(part)?;
        }
        self.manifest.extend([&HEXLOWER.encode(&hash.finalize()), "  ", name, "\n"]);
        Ok(())
    }

    /// Adds the manifest and ends the file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.zip.start_file(MANIFEST, options()).map_err(io_error)?;
        self.zip.write_all(self.manifest.as_bytes())?;
        self.zip.finish().map_err(io_error)?.sync_all()
    }
}

/// No time of writing, so that the same entries give the same bytes.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .last_modified_time(DateTime::default())
        .large_file(true)
        .unix_permissions(0o600)
}

/// Checks every entry of the archive `path` against its manifest, and writes the entry `name` to the new file `target`.
///
/// # Errors
///
/// `InvalidData` when this is no archive, or when it is not as it was written; `target` is then left behind unfinished.
pub fn extract_checked(path: &Path, name: &str, target: &mut dyn Write) -> io::Result<()> {
    let mut zip = ZipArchive::new(File::open(path)?).map_err(io_error)?;
    let mut manifest = String::new();
    let entry = zip.by_name(MANIFEST).map_err(io_error)?;
    entry.take(LARGEST_MANIFEST).read_to_string(&mut manifest)?;
    let mut digests: BTreeMap<&str, &str> = manifest
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, name)| (name, digest))
        .collect();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(io_error)?;
        let entry_name = entry.name().map_err(io_error)?.into_owned();
        if entry_name == MANIFEST {
            continue;
        }
        let mut hash = Sha256::new();
        if entry_name == name {
            io::copy(&mut entry, &mut Tee { hash: &mut hash, target })?;
        } else {
            io::copy(&mut entry, &mut Tee { hash: &mut hash, target: &mut io::sink() })?;
        }
        let digest = HEXLOWER.encode(&hash.finalize());
        if digests.remove(entry_name.as_str()) != Some(digest.as_str()) {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    // An entry of the manifest that the archive lacks.
    if digests.is_empty() { Ok(()) } else { Err(ErrorKind::InvalidData.into()) }
}

/// Hashes what it passes on.
struct Tee<'a> {
    hash: &'a mut Sha256,
    target: &'a mut dyn Write,
}

impl Write for Tee<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.target.write_all(bytes)?;
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

fn io_error(error: ZipError) -> io::Error {
    if let ZipError::Io(error) = error {
        return error;
    }
    io::Error::new(ErrorKind::InvalidData, error)
}

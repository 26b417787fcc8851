//! How much room the sheets of an xls file take, told before the file is read.
//!
//! calamine spreads each sheet of an xls file over the rectangle its cells span: two cells in far corners would cost
//! half a gigabyte. Must not know: what the cells say.

use std::io::{BufReader, Cursor, ErrorKind, Read, Seek, SeekFrom};

/// Names of the stream that holds the sheets: since Excel 97, and before.
const STREAMS: [&str; 2] = ["/Workbook", "/Book"];
/// The record a sheet begins with.
const BEGIN: u16 = 0x0809;
/// Records of one cell or several in a row: FORMULA, MULRK, LABELSST, NUMBER, LABEL, BOOLERR, RK.
const CELLS: [u16; 7] = [0x0006, SEVERAL, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];
/// MULRK: several cells in a row.
const SEVERAL: u16 = 0x00bd;
/// The last column a sheet has.
const LAST_COLUMN: u16 = 255;

/// The smallest rectangle around the cells of a sheet.
#[derive(Default)]
struct Extent {
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
}

/// The number of cells in the rectangles of all sheets together, or what the file breaks off with.
pub(super) fn cells_spanned(bytes: &[u8]) -> std::io::Result<u64> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes))?;
    let name = STREAMS.into_iter().find(|name| file.is_stream(name)).ok_or(ErrorKind::NotFound)?;
    let mut stream = BufReader::new(file.open_stream(name)?);
    let mut extent = Extent::default();
    let mut spanned = 0_u64;
    while let Some([id, length]) = next_pair(&mut stream)? {
        let mut left = i64::from(length);
        if id == BEGIN {
            spanned = spanned.saturating_add(std::mem::take(&mut extent).cells());
        } else if CELLS.contains(&id) && left >= 4 {
            if let Some([row, column]) = next_pair(&mut stream)? {
                extent.hold(row, column, id == SEVERAL);
            }
            left -= 4;
        }
        stream.seek(SeekFrom::Current(left))?;
    }
    Ok(spanned.saturating_add(extent.cells()))
}

/// Two numbers of two bytes; `None` at the end of the stream.
fn next_pair(stream: &mut impl Read) -> std::io::Result<Option<[u16; 2]>> {
    let mut pair = [0; 4];
    match stream.read_exact(&mut pair) {
        Ok(()) => {
            let [a, b, c, d] = pair;
            Ok(Some([u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])]))
        }
        Err(fault) if fault.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(fault) => Err(fault),
    }
}

impl Extent {
    fn hold(&mut self, row: u16, column: u16, is_several: bool) {
        let last = if is_several { LAST_COLUMN } else { column };
        let around = |held: Option<(u16, u16)>, from: u16, through: u16| {
            let (first, last) = held.unwrap_or((from, through));
            Some((first.min(from), last.max(through)))
        };
        self.rows = around(self.rows, row, row);
        self.columns = around(self.columns, column, last.max(column));
    }

    fn cells(&self) -> u64 {
        let length =
            |span: Option<(u16, u16)>| span.map_or(0, |(from, last)| u64::from(last - from) + 1);
        length(self.rows).saturating_mul(length(self.columns))
    }
}

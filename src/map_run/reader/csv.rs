//! Items of a CSV file: one a row, an object of strings.
//!
//! As recorded of AWS: a row that is short is filled up with empty strings and what is beyond the headers is dropped;
//! header cells are taken as they are; only `"` quotes; blank lines are no rows, but lines of blanks are; the members
//! of an item stand in the order of a Java `HashMap`.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::csv::{ByteRecord, Reader, ReaderBuilder};

use super::source::{Item, ItemSource};
use crate::json::write_json_string;
use crate::map_run::MapRunError;
use crate::value::java_hash_map::hash_map_order;

/// Reads an object row by row.
pub(super) struct CsvRows {
    rows: Reader<Metered>,
    row: ByteRecord,
    /// Bytes since the last row.
    read: Arc<AtomicU64>,
    /// By member in the order of what is written: its key with quotes and colon, and its column.
    members: Vec<(Vec<u8>, usize)>,
    number: u64,
    source: String,
}

/// Fails if a row goes on and on: an open quote would have the rest of the file in memory.
struct Metered {
    from: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
    row_bytes_max: u64,
}

impl Read for Metered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // Relaxed: one thread at a time has the reader.
        if self.read.load(Ordering::Relaxed) > self.row_bytes_max {
            let reason = format!("longer than {} bytes; is a quote left open?", self.row_bytes_max);
            return Err(io::Error::other(reason));
        }
        let count = self.from.read(into)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl CsvRows {
    /// `headers` are those that the definition gives; none: the first row has them.
    pub(super) fn new(
        from: Box<dyn Read + Send>,
        delimiter: u8,
        headers: Option<&[String]>,
        row_bytes_max: u32,
        source: String,
    ) -> Result<Self, MapRunError> {
        let read = Arc::new(AtomicU64::new(0));
        let metered = Metered { from, read: Arc::clone(&read), row_bytes_max: u64::from(row_bytes_max) };
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(1 << 16);
        let rows = builder.from_reader(metered);
        let members = Vec::new();
        let mut csv = Self { rows, row: ByteRecord::new(), read, members, number: 0, source };
        let first_row;
        let headers = if let Some(headers) = headers {
            headers
        } else {
            let cells = if csv.read_row()? { csv.row.iter().collect() } else { Vec::new() };
            let names = cells.into_iter().map(|cell| csv.text(cell).map(str::to_owned));
            first_row = names.collect::<Result<Vec<_>, _>>()?;
            &first_row
        };
        csv.members = members_of(headers)?;
        Ok(csv)
    }

    fn read_row(&mut self) -> Result<bool, MapRunError> {
        self.number += 1;
        let read = self.rows.read_byte_record(&mut self.row);
        self.read.store(0, Ordering::Relaxed);
        read.map_err(|error| self.fail(error))
    }

    fn text<'c>(&self, cell: &'c [u8]) -> Result<&'c str, MapRunError> {
        std::str::from_utf8(cell).map_err(|_| self.fail("not UTF-8"))
    }

    fn fail(&self, reason: impl std::fmt::Display) -> MapRunError {
        MapRunError::reader(format!("row {} of {}: {reason}", self.number, self.source))
    }
}

impl ItemSource for CsvRows {
    fn next(&mut self) -> Result<Option<Item>, MapRunError> {
        if !self.read_row()? {
            return Ok(None);
        }
        let mut value = vec![b'{'];
        for (index, (key, column)) in self.members.iter().enumerate() {
            if index > 0 {
                value.push(b',');
            }
            value.extend_from_slice(key);
            write_json_string(self.text(self.row.get(*column).unwrap_or_default())?, &mut value);
        }
        value.push(b'}');
        Ok(Some(Item::new(value)))
    }

    fn source(&self) -> &str {
        &self.source
    }
}

fn members_of(headers: &[String]) -> Result<Vec<(Vec<u8>, usize)>, MapRunError> {
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(MapRunError::reader("CSV headers cannot contain duplicates."));
    }
    let member = |column: usize| {
        let mut key = Vec::new();
        write_json_string(names[column], &mut key);
        key.push(b':');
        (key, column)
    };
    Ok(hash_map_order(&names).into_iter().map(member).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, delimiter: u8, headers: Option<&[&str]>) -> Result<Vec<String>, String> {
        let headers: Option<Vec<String>> =
            headers.map(|headers| headers.iter().map(|header| (*header).to_owned()).collect());
        let from = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let cause = |error: MapRunError| error.cause.unwrap_or_default();
        let mut csv = CsvRows::new(from, delimiter, headers.as_deref(), 1 << 17, "S3://b/k".to_owned())
            .map_err(cause)?;
        let mut rows = Vec::new();
        while let Some(item) = csv.next().map_err(cause)? {
            rows.push(String::from_utf8(item.value).expect("UTF-8"));
        }
        Ok(rows)
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(rows(text, b',', None).expect("reads"), expected);
    }

    #[test]
    fn rows_become_objects_of_strings() {
        check("a,b\n1,true\nNull,'x'\n", &[r#"{"a":"1","b":"true"}"#, r#"{"a":"Null","b":"'x'"}"#]);
        check("a,b\r\n1\r\n1,2,3\r\n", &[r#"{"a":"1","b":""}"#, r#"{"a":"1","b":"2"}"#]);
        check("a,b\n\n   \n,\n", &[r#"{"a":"   ","b":""}"#, r#"{"a":"","b":""}"#]);
        check("a,\n1,2,3\n", &[r#"{"":"2","a":"1"}"#]);
        check("a\n\"x,\"\"y\"\"\nz\"\n", &[r#"{"a":"x,\"y\"\nz"}"#]);
        check("\u{feff}a\n1\n", &[r#"{"a":"1"}"#]);
        check("", &[]);
        check("a,b\n", &[]);
    }

    #[test]
    fn members_stand_as_in_a_hash_map() {
        check("zeta,alpha,0,{}\n1,2,3,4\n", &[r#"{"zeta":"1","0":"3","{}":"4","alpha":"2"}"#]);
    }

    #[test]
    fn delimiters_and_given_headers() {
        assert_eq!(rows("1;2\n", b';', Some(&["a"])).expect("reads"), [r#"{"a":"1"}"#]);
        assert_eq!(rows("1\t2\n", b'\t', Some(&["a", "b"])).expect("reads"), [r#"{"a":"1","b":"2"}"#]);
        assert_eq!(rows("1 2\n", b' ', Some(&["a", "b"])).expect("reads"), [r#"{"a":"1","b":"2"}"#]);
        let refused = Err("CSV headers cannot contain duplicates.".to_owned());
        assert_eq!(rows("1\n", b',', Some(&["a", "a"])), refused);
        assert_eq!(rows("a,a\n1,2\n", b',', None), refused);
    }

    #[test]
    fn bad_rows_are_named_and_bounded() {
        let open = format!("a\n1\n\"{}", "x\n".repeat(1 << 17));
        let cause = rows(&open, b',', None).expect_err("an open quote");
        assert!(cause.starts_with("row 3 of S3://b/k: "), "{cause}");
        assert!(cause.contains("longer than 131072 bytes"), "{cause}");
        let from = Box::new(&b"a\n\xff\n"[..]);
        let mut csv = CsvRows::new(from, b',', None, 100, "S3://b/k".to_owned()).expect("headers");
        let cause = csv.next().expect_err("not UTF-8").cause;
        assert_eq!(cause.as_deref(), Some("row 2 of S3://b/k: not UTF-8"));
    }
}

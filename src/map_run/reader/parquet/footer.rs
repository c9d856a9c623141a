//! What a file's schema would make the decoder do, looked at before it does.
//!
//! A footer is `FileMetaData` in Thrift's compact protocol (Apache Parquet format, "File format"): the schema is its
//! second field, a list of elements that say how many children follow them. The decoder takes memory for as many
//! children as are claimed, and recurses as deep as they nest.

use std::io;

use super::blocks::Blocks;

/// Largest footer.
const FOOTER_BYTES_MAX: usize = 64 << 20;
/// How deep columns may nest; lists and maps take two levels.
const SCHEMA_DEPTH_MAX: usize = 100;
/// How deep structures nest inside an element of the schema.
const ELEMENT_DEPTH_MAX: usize = 8;

/// Fails if a file's schema is more than can be decoded.
pub(super) fn check(file: &Blocks, size: u64) -> io::Result<()> {
    let tail = size.checked_sub(8).ok_or_else(|| refuse("it is no Parquet file"))?;
    let mark = file.bytes(tail, 8)?;
    let length = u32::from_le_bytes([mark[0], mark[1], mark[2], mark[3]]) as usize;
    match &mark[4..] {
        b"PAR1" => {}
        b"PARE" => return Err(refuse("it is encrypted")),
        _ => return Err(refuse("it is no Parquet file")),
    }
    if length > FOOTER_BYTES_MAX {
        return Err(refuse(&format!("its footer has {length} bytes, more than {FOOTER_BYTES_MAX}")));
    }
    let start = tail.checked_sub(length as u64).ok_or_else(|| refuse("its footer is damaged"))?;
    let footer = file.bytes(start, length)?;
    check_schema(&footer)
}

fn check_schema(footer: &[u8]) -> io::Result<()> {
    let damaged = || refuse("its footer is damaged");
    let mut compact = Compact { rest: footer };
    let elements = compact.schema().ok_or_else(damaged)?;
    // How many children are still to come, of each group that is open.
    let mut open: Vec<u64> = Vec::new();
    for index in 0..elements {
        let children = compact.element().ok_or_else(damaged)?;
        while open.pop_if(|left| *left == 0).is_some() {}
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > elements - index - 1 {
            return Err(damaged());
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > SCHEMA_DEPTH_MAX {
            return Err(refuse(&format!("its columns nest deeper than {SCHEMA_DEPTH_MAX} levels")));
        }
    }
    Ok(())
}

fn refuse(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// Thrift's compact protocol, as far as a schema needs it.
struct Compact<'f> {
    rest: &'f [u8],
}

const INTEGERS: std::ops::RangeInclusive<u8> = 4..=6;
const STRUCTURE: u8 = 12;
/// The field of an element that has the number of its children.
const CHILDREN: u64 = 5;

impl Compact<'_> {
    /// Goes to the schema's first element; how many there are.
    fn schema(&mut self) -> Option<u64> {
        let (mut field, mut kind) = self.field(0)?;
        while (field, kind) != (2, 9) {
            // Only the version stands before the schema.
            INTEGERS.contains(&kind).then_some(())?;
            self.varint()?;
            (field, kind) = self.field(field)?;
        }
        let head = self.byte()?;
        (head & 15 == STRUCTURE).then_some(())?;
        if head >> 4 == 15 { self.varint() } else { Some(u64::from(head >> 4)) }
    }

    /// Goes behind an element; how many children it has.
    fn element(&mut self) -> Option<u64> {
        let mut children = 0;
        // The number of the last field, of each structure that is open.
        let mut open = vec![0];
        while let Some(before) = open.last().copied() {
            let (field, kind) = self.field(before)?;
            *open.last_mut()? = field;
            match kind {
                0 => drop(open.pop()),
                1 | 2 => {}
                3 => drop(self.byte()?),
                kind if INTEGERS.contains(&kind) => {
                    let value = self.varint()?;
                    if open.len() == 1 && field == CHILDREN {
                        // Zigzag: an odd one is negative.
                        children = (value & 1 == 0).then_some(value >> 1)?;
                    }
                }
                8 => {
                    let length = usize::try_from(self.varint()?).ok()?;
                    self.rest = self.rest.get(length..)?;
                }
                STRUCTURE if open.len() < ELEMENT_DEPTH_MAX => open.push(0),
                _ => return None,
            }
        }
        Some(children)
    }

    /// A field's number and type; type 0 is the end of a structure.
    fn field(&mut self, before: u64) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let kind = head & 15;
        match head >> 4 {
            _ if kind == 0 => Some((before, 0)),
            0 => Some((self.varint()? >> 1, kind)),
            delta => Some((before.saturating_add(u64::from(delta)), kind)),
        }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }
}

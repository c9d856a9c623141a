//! The first bytes of an artifact: what it is, of which format, how long, and its checksum.

use super::{ArtifactError, body};
use crate::bytecode::{Program, verify};

/// Neither JSON nor text; the line ends show what a transfer as text has done to it.
const MAGIC: [u8; 8] = *b"\x7faslx\r\n\x1a";

/// Counts the formats: raise it with every change of what a body holds or means, ops included.
pub(super) const FORMAT: u32 = 8;

/// Magic, format, length and CRC-32 of the body; numbers are little-endian.
const HEADER_BYTES: usize = MAGIC.len() + 12;

/// Whether these bytes begin as an artifact does, sound or not; no JSON text does.
pub fn is_artifact(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

impl Program {
    /// The program as an artifact: bytes that [`Self::from_artifact`] of the same version turns back into it.
    ///
    /// ```
    /// use aslx::bytecode::{Program, disassemble};
    /// let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;
    /// let program = aslx::compile(definition, &aslx::CompileOptions::default()).unwrap();
    /// let loaded = Program::from_artifact(&program.to_artifact()).unwrap();
    /// assert_eq!(disassemble(&loaded), disassemble(&program));
    /// ```
    pub fn to_artifact(&self) -> Vec<u8> {
        seal(&body::encode(self))
    }

    /// Loads an artifact. What it holds is verified, wherever it comes from.
    ///
    /// # Errors
    /// Bytes that are no artifact, one of another format, a damaged one, or one whose program could harm the VM.
    pub fn from_artifact(bytes: &[u8]) -> Result<Self, ArtifactError> {
        let program = body::decode(open(bytes)?)?;
        verify(&program).map_err(ArtifactError::Refused)?;
        Ok(program)
    }
}

fn seal(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len());
    bytes.extend_from_slice(&MAGIC);
    for number in [FORMAT, body.len() as u32, crc32fast::hash(body)] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(body);
    bytes
}

/// The body, if the header fits it.
fn open(bytes: &[u8]) -> Result<&[u8], ArtifactError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(ArtifactError::NotAnArtifact)?;
    let cut_off = ArtifactError::Length { given: bytes.len(), expected: None };
    let (format, rest) = rest.split_first_chunk().ok_or_else(|| cut_off.clone())?;
    let format = u32::from_le_bytes(*format);
    if format != FORMAT {
        return Err(ArtifactError::Format { given: format, supported: FORMAT });
    }
    let (length, rest) = rest.split_first_chunk().ok_or_else(|| cut_off.clone())?;
    let (checksum, body) = rest.split_first_chunk().ok_or(cut_off)?;
    let expected = u32::from_le_bytes(*length) as usize;
    if body.len() != expected {
        let expected = Some(HEADER_BYTES + expected);
        return Err(ArtifactError::Length { given: bytes.len(), expected });
    }
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return Err(ArtifactError::Checksum);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::super::Writer;
    use super::*;
    use crate::asl::model::MachineType;
    use crate::bytecode::{Comparison, ContextField, JitterStrategy, Op, Reg, Site, StateType, TaskKind};
    use crate::intrinsic::Function;

    /// What is written for the last variant of each kind of thing. When this fails, a body means something else
    /// than before: raise [`FORMAT`], then write down what is new.
    #[test]
    fn the_format_is_the_one_that_is_counted() {
        fn written(value: &impl Serialize) -> (Vec<u8>, String) {
            Writer::write(value).expect("it has a form")
        }
        fn first(value: &impl Serialize) -> u8 {
            written(value).0[0]
        }
        let last_op = Op::Pick { dst: Reg(300), src: Reg(2), shape: 3 };
        assert_eq!((FORMAT, written(&last_op)), (8, (vec![28, 0x2c, 1, 2, 0, 3, 0], String::new())));
        assert_eq!(written(&Site::Timestamp), (vec![8], String::new()));
        let last = [
            first(&Comparison::IsTimestamp(true)),
            first(&ContextField::MapItemSource),
            first(&Function::Format),
            first(&StateType::Map),
            first(&JitterStrategy::Full),
            first(&MachineType::Express),
            first(&TaskKind::AwaitedIntegration),
        ];
        assert_eq!((FORMAT, last), (8, [10, 22, 17, 7, 1, 1, 3]));
    }
}

//! Items of a manifest: an S3 Inventory, or the files of an Athena `UNLOAD`.

use std::io::{BufRead, BufReader, Read};

use super::listing::Contents;
use super::open::Formats;
use super::source::{ItemSource, text_of};
use crate::asl::model::InputType;
use crate::json::{Document, NodeId, Tag};
use crate::map_run::MapRunError;

/// Longest manifest of an inventory.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;
/// Longest line of a list of files: a bucket and a key.
const LINE_BYTES_MAX: u64 = 4096;

/// The rows of an inventory's files, with its schema for headers (Amazon S3 User Guide, "Inventory manifest").
pub(super) fn inventory(
    from: Box<dyn Read + Send>,
    mut formats: Formats,
    source: &str,
) -> Result<Box<dyn ItemSource>, MapRunError> {
    let mut text = Vec::new();
    let read = from.take(MANIFEST_BYTES_MAX).read_to_end(&mut text);
    read.map_err(|error| MapRunError::reader(format!("failed to read {source}: {error}")))?;
    let manifest = Document::parse(text, 64)
        .map_err(|error| MapRunError::reader(format!("{source} is not JSON: {error}")))?;
    let doc = manifest.doc();
    let member = |name: &str| {
        let missing = || MapRunError::reader(format!("{source} is no manifest of an inventory: no {name}"));
        text_of(doc, NodeId::ROOT, name).ok_or_else(missing)
    };
    let (format, schema, destination) =
        (member("fileFormat")?, member("fileSchema")?, member("destinationBucket")?);
    if format != "CSV" {
        return Err(MapRunError::reader(format!(
            "{source} lists files in {format}, which cannot be read here"
        )));
    }
    let bucket = destination.strip_prefix("arn:aws:s3:::").unwrap_or(&destination).to_owned();
    formats.unpacks_gzip = true;
    formats.config.input_type = Some(InputType::Csv);
    formats.config.csv_delimiter = b',';
    formats.config.csv_headers = Some(schema.split(',').map(|header| header.trim().to_owned()).collect());
    let files = doc.member(NodeId::ROOT, "files").filter(|files| doc.tag(*files) == Tag::Array);
    let keys: Vec<_> = files
        .into_iter()
        .flat_map(|files| doc.elements(files))
        .filter_map(|file| text_of(doc, file, "key"))
        .collect();
    let objects = keys.into_iter().map(move |key| Ok((bucket.clone(), key)));
    Ok(Box::new(Contents::new(objects, formats)))
}

/// The items of the files that a list of `s3://` addresses names, one a line (Athena, "UNLOAD": its manifest).
pub(super) fn file_list(
    from: Box<dyn Read + Send>,
    mut formats: Formats,
    source: &str,
) -> Box<dyn ItemSource> {
    formats.unpacks_gzip = true;
    let (mut lines, source) = (BufReader::new(from), source.to_owned());
    let objects = std::iter::from_fn(move || {
        loop {
            let mut line = String::new();
            match lines.by_ref().take(LINE_BYTES_MAX).read_line(&mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim().is_empty() => {}
                Ok(_) => return Some(address(line.trim(), &source)),
                Err(error) => {
                    return Some(Err(MapRunError::reader(format!("failed to read {source}: {error}"))));
                }
            }
        }
    });
    Box::new(Contents::new(objects, formats))
}

fn address(line: &str, source: &str) -> Result<(String, String), MapRunError> {
    let line = line.trim_matches('"');
    let parts = line.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
    match parts {
        Some((bucket, key)) => Ok((bucket.to_owned(), key.to_owned())),
        None => Err(MapRunError::reader(format!("{source} lists '{line}', which is no s3:// address"))),
    }
}

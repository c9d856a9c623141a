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

#[cfg(all(test, feature = "distributed-map"))]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::asl::model::{ManifestType, ReaderAction, ReaderConfig};
    use crate::limits::Limits;
    use crate::map_run::{Folder, ObjectStore};

    fn gzip(text: &str) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.as_bytes()).expect("room");
        packed.finish().expect("packed")
    }

    /// The items of `b/manifest` in a bucket with these objects; the cause where they end early.
    fn items(manifest_type: ManifestType, objects: &[(&str, &[u8])]) -> Vec<String> {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("b")).expect("made");
        for (key, bytes) in objects {
            std::fs::write(root.path().join("b").join(key), bytes).expect("written");
        }
        let store: Arc<dyn ObjectStore> = Arc::new(Folder::new(root.path()).expect("a folder"));
        let mut config = ReaderConfig::new(ReaderAction::GetObject);
        config.manifest_type = Some(manifest_type);
        let formats = Formats::new(store, Limits::default(), config);
        let mut source = match formats.open_object("b", "manifest") {
            Ok(source) => source,
            Err(error) => return error.cause.into_iter().collect(),
        };
        let mut items = Vec::new();
        loop {
            match source.next() {
                Ok(Some(item)) => items.push(String::from_utf8(item.value).expect("UTF-8")),
                Ok(None) => return items,
                Err(error) => {
                    items.extend(error.cause);
                    return items;
                }
            }
        }
    }

    const INVENTORY: &[u8] =
        br#"{"destinationBucket":"arn:aws:s3:::b","fileFormat":"CSV","fileSchema":"Bucket, Key",
        "files":[{"key":"1.csv.gz"},{"key":"2.csv"}]}"#;

    #[test]
    fn packed_inventories_are_unpacked() {
        // Inventories of many members are one file nevertheless.
        let packed = [gzip("\"b\",\"x\"\n"), gzip("\"b\",\"y\"\n")].concat();
        let objects = [("manifest", INVENTORY), ("1.csv.gz", &packed[..]), ("2.csv", b"b,z\n")];
        let expected = ["x", "y", "z"].map(|key| format!(r#"{{"Bucket":"b","Key":"{key}"}}"#));
        assert_eq!(items(ManifestType::S3Inventory, &objects), expected);
        let cut = &packed[..packed.len() - 9];
        let damaged = items(ManifestType::S3Inventory, &[("manifest", INVENTORY), ("1.csv.gz", cut)]);
        let cause = damaged.last().expect("a cause");
        assert!(cause.starts_with("row 3 of S3://b/1.csv.gz: "), "{cause}");
    }

    #[test]
    fn packed_files_of_a_list_are_unpacked() {
        let packed = gzip("a\n1\n");
        let objects = [("manifest", &b"s3://b/1.gz\n"[..]), ("1.gz", &packed[..])];
        assert_eq!(items(ManifestType::AthenaData, &objects), [r#"{"a":"1"}"#]);
    }
}

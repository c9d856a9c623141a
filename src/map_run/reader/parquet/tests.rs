use std::io::Cursor;
use std::sync::Arc;

use ::parquet::basic::{Compression, GzipLevel, ZstdLevel};
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    FloatType, Int32Type, Int64Type, Int96, Int96Type,
};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::parser::parse_message_type;

use super::ParquetRows;
use crate::map_run::reader::source::ItemSource;

/// A file of row groups that `write` fills.
fn file(
    schema: &str,
    compression: Compression,
    groups: usize,
    mut write: impl FnMut(&mut SerializedRowGroupWriter<'_, Vec<u8>>),
) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).expect("begins");
    for _ in 0..groups {
        let mut group = file.next_row_group().expect("begins");
        write(&mut group);
        group.close().expect("ends");
    }
    file.into_inner().expect("ends")
}

type Group<'g> = SerializedRowGroupWriter<'g, Vec<u8>>;

/// A column; `levels` are definition and repetition levels.
fn column<T: DataType>(group: &mut Group<'_>, values: &[T::T], levels: Option<(&[i16], &[i16])>) {
    let mut column = group.next_column().expect("no error").expect("one more");
    let (defined, repeated) = levels.unzip();
    column.typed::<T>().write_batch(values, defined, repeated).expect("fits");
    column.close().expect("ends");
}

fn open(file: &[u8]) -> Result<ParquetRows, String> {
    let rows = ParquetRows::new(Box::new(Cursor::new(file.to_vec())), 1 << 16, "S3://b/k".to_owned());
    rows.map_err(|error| error.cause.unwrap_or_default())
}

fn rows(file: &[u8]) -> Result<Vec<String>, String> {
    let mut open = open(file)?;
    let mut rows = Vec::new();
    while let Some(item) = open.next().map_err(|error| error.cause.unwrap_or_default())? {
        rows.push(String::from_utf8(item.value).expect("UTF-8"));
    }
    Ok(rows)
}

#[track_caller]
fn check(schema: &str, expected: &[&str], write: impl FnMut(&mut Group<'_>)) {
    assert_eq!(rows(&file(schema, Compression::UNCOMPRESSED, 1, write)).expect("reads"), expected);
}

#[test]
fn a_row_is_an_object_with_the_columns_in_their_order() {
    let schema = "message m { required int32 zeta; required binary alpha (UTF8); optional boolean on; }";
    check(
        schema,
        &[r#"{"zeta":7,"alpha":"é\"","on":true}"#, r#"{"zeta":-1,"alpha":"","on":null}"#],
        |group| {
            column::<Int32Type>(group, &[7, -1], None);
            column::<ByteArrayType>(group, &[ByteArray::from("é\""), ByteArray::from("")], None);
            column::<BoolType>(group, &[true], Some((&[1, 0], &[0, 0])));
        },
    );
}

#[test]
fn numbers_keep_their_digits() {
    let schema = "message m { required int64 u (UINT_64); required double d; required float f;
        required int32 price (DECIMAL(9, 2)); required binary long (DECIMAL(38, 0)); }";
    let large = 10_i128.pow(37).to_be_bytes().to_vec();
    let expected = [
        r#"{"u":18446744073709551615,"d":0.1,"f":0.1,"price":-0.05,"long":10000000000000000000000000000000000000}"#,
        r#"{"u":1,"d":null,"f":2,"price":1234.50,"long":-1}"#,
    ];
    check(schema, &expected, |group| {
        column::<Int64Type>(group, &[-1, 1], None);
        column::<DoubleType>(group, &[0.1, f64::NAN], None);
        column::<FloatType>(group, &[0.1, 2.0], None);
        column::<Int32Type>(group, &[-5, 123_450], None);
        column::<ByteArrayType>(group, &[ByteArray::from(large.clone()), ByteArray::from(vec![255])], None);
    });
}

#[test]
fn times_become_text() {
    let schema = "message m { required int32 day (DATE); required int32 at (TIME_MILLIS);
        required int64 millis (TIMESTAMP_MILLIS); required int64 local (TIMESTAMP(MICROS, false));
        required int64 nanos (TIMESTAMP(NANOS, true)); required int64 of_day (TIME(NANOS, true)); required int96 old; }";
    let expected = r#"{"day":"1969-12-31","at":"23:59:59.999","millis":"2026-01-02T03:04:05.678Z","local":"2026-01-02T03:04:05.678901","nanos":"1969-12-31T23:59:59.999999999Z","of_day":"00:00:01.000000002","old":"1970-01-02T00:00:00.001Z"}"#;
    check(schema, &[expected], |group| {
        column::<Int32Type>(group, &[-1], None);
        column::<Int32Type>(group, &[86_399_999], None);
        column::<Int64Type>(group, &[1_767_323_045_678], None);
        column::<Int64Type>(group, &[1_767_323_045_678_901], None);
        column::<Int64Type>(group, &[-1], None);
        column::<Int64Type>(group, &[1_000_000_002], None);
        let mut old = Int96::new();
        old.set_data(1_000_000, 0, 2_440_589);
        column::<Int96Type>(group, &[old], None);
    });
}

#[test]
fn bytes_become_base64() {
    let schema = "message m { required binary raw; required fixed_len_byte_array(2) two; required binary doc (JSON); }";
    check(schema, &[r#"{"raw":"/wA=","two":"AQI=","doc":"{\"a\":1}"}"#], |group| {
        column::<ByteArrayType>(group, &[ByteArray::from(vec![255, 0])], None);
        column::<FixedLenByteArrayType>(group, &[FixedLenByteArray::from(vec![1, 2])], None);
        column::<ByteArrayType>(group, &[ByteArray::from("{\"a\":1}")], None);
    });
}

#[test]
fn groups_lists_and_maps_nest() {
    let schema = "message m {
        required group g { required int32 x; }
        required group l (LIST) { repeated group list { required int64 element (TIMESTAMP(NANOS, false)); } }
        required group o (MAP) { repeated group key_value { required int32 key; required boolean value; } }
    }";
    let expected = r#"{"g":{"x":1},"l":["1970-01-01T00:00:00.000000001","1970-01-01T00:00:00.000000002"],"o":{"5":true}}"#;
    check(schema, &[expected], |group| {
        column::<Int32Type>(group, &[1], None);
        column::<Int64Type>(group, &[1, 2], Some((&[1, 1], &[0, 1])));
        column::<Int32Type>(group, &[5], Some((&[1], &[0])));
        column::<BoolType>(group, &[true], Some((&[1], &[0])));
    });
}

/// Makes numbers that do not compress.
const SPREAD: i64 = 0x1e37_79b9_7f4a_7c15;

#[test]
fn row_groups_follow_each_other_however_they_are_packed() {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for packed in
        [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::GZIP(GzipLevel::default()), zstd]
    {
        let mut next = 0..;
        // Many blocks of a column, so that the last ones of another are read again.
        let file = file("message m { required int64 a; required int64 b; }", packed, 3, |group| {
            let values: Vec<i64> = next.by_ref().take(40_000).map(|n: i64| n.wrapping_mul(SPREAD)).collect();
            column::<Int64Type>(group, &values, None);
            column::<Int64Type>(group, &values, None);
        });
        assert!(file.len() > 1 << 20, "{}", file.len());
        let mut rows = open(&file).expect("opens");
        assert_eq!(rows.total(), Some(120_000));
        let mut count = 0_i64;
        while let Some(item) = rows.next().expect("reads") {
            let n = count.wrapping_mul(SPREAD);
            assert_eq!(item.value, format!("{{\"a\":{n},\"b\":{n}}}").into_bytes());
            count += 1;
        }
        assert_eq!(count, 120_000);
    }
}

#[test]
fn what_is_no_parquet_is_refused() {
    let refused = |bytes: &[u8]| open(bytes).err().expect("refused");
    let prefix = "failed to read S3://b/k as Parquet: ";
    assert_eq!(refused(b""), format!("{prefix}it is no Parquet file"));
    assert_eq!(refused(b"PAR1 but not really"), format!("{prefix}it is no Parquet file"));
    assert_eq!(refused(b"\xff\xff\xff\xffPARE"), format!("{prefix}it is encrypted"));
    assert_eq!(refused(b"\x09\0\0\0PAR1"), format!("{prefix}its footer is damaged"));
    let large = refused(b"\xff\xff\xff\xffPAR1");
    assert_eq!(large, format!("{prefix}its footer has 4294967295 bytes, more than 67108864"));
}

/// A file that is a footer only, with a schema of groups in groups; `claim` is what the first says of its children.
fn nested(depth: usize, claim: u8) -> Vec<u8> {
    let mut footer = vec![0x15, 2, 0x19, 0xfc];
    let mut count = depth;
    while count > 127 {
        footer.push((count & 127) as u8 | 128);
        count >>= 7;
    }
    footer.push(count as u8);
    for index in 0..depth {
        let children = if index == 0 { claim } else { u8::from(index + 1 < depth) };
        // Repetition, a name, the number of children, the end.
        footer.extend_from_slice(&[0x35, 0, 0x18, 1, b'n', 0x15, children * 2, 0]);
    }
    let length = u32::try_from(footer.len()).expect("small").to_le_bytes();
    [&b"PAR1"[..], &footer, &length, b"PAR1"].concat()
}

#[test]
fn schemas_are_bounded_before_they_are_decoded() {
    let refused = |bytes: &[u8]| open(bytes).err().expect("refused");
    let deep = refused(&nested(100_000, 1));
    assert_eq!(deep, "failed to read S3://b/k as Parquet: its columns nest deeper than 100 levels");
    let many = refused(&nested(3, 100));
    assert_eq!(many, "failed to read S3://b/k as Parquet: its footer is damaged");
}

#[test]
fn damage_is_an_error_wherever_it_is() {
    let whole =
        file("message m { required binary a (UTF8); optional int32 b; }", Compression::SNAPPY, 1, |group| {
            column::<ByteArrayType>(group, &["one", "two", "three"].map(ByteArray::from), None);
            column::<Int32Type>(group, &[1, 2], Some((&[1, 0, 1], &[0, 0, 0])));
        });
    assert_eq!(rows(&whole).expect("reads").len(), 3);
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x41;
        drop(rows(&damaged));
        drop(rows(&whole[..at]));
    }
}

#[test]
fn a_row_is_bounded() {
    let long = file("message m { required binary a (UTF8); }", Compression::SNAPPY, 1, |group| {
        column::<ByteArrayType>(group, &[ByteArray::from("x".repeat(1 << 16).as_str())], None);
    });
    assert_eq!(rows(&long).err().as_deref(), Some("row 1 of S3://b/k: longer than 65536 bytes"));
}

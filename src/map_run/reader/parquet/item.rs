//! Values of Parquet as JSON.
//!
//! Numbers and booleans stay what they are, decimals with all their digits; what JSON has no number for is null. Texts,
//! enums and JSON columns become strings, other bytes base64. Times become RFC 3339 text, with `Z` unless the column is
//! of local times. Recursion is bounded by the schema's depth.

use ::parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit};
use ::parquet::record::{Field, Row};
use ::parquet::schema::types::Type;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::json::{format_f64, write_json_string};
use crate::value::timestamp::date_from_days;

const SECONDS_A_DAY: i64 = 86_400;

/// Appends a row or a group; `schema` has its columns.
pub(super) fn write_row(row: &Row, schema: Option<&Type>, out: &mut Vec<u8>) {
    let columns = schema.filter(|schema| schema.is_group()).map(Type::get_fields).unwrap_or_default();
    out.push(b'{');
    for (index, (name, field)) in row.get_column_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_json_string(name, out);
        out.push(b':');
        write_field(field, columns.get(index).map(AsRef::as_ref), out);
    }
    out.push(b'}');
}

fn write_field(field: &Field, column: Option<&Type>, out: &mut Vec<u8>) {
    match field {
        Field::Float16(value) => write_float(value.to_f32(), out),
        Field::Float(value) => write_float(*value, out),
        Field::Double(value) => format_f64(*value, out),
        Field::Decimal(_) => out.extend_from_slice(field.to_string().trim_end_matches('.').as_bytes()),
        Field::Str(text) => write_json_string(text, out),
        Field::Bytes(bytes) => write_json_string(&STANDARD.encode(bytes.data()), out),
        Field::Long(value) => match unit(column) {
            Some(Unit::Timestamp) => write_timestamp(*value, 9, column, out),
            Some(Unit::Time) => write_time(*value, 9, out),
            None => out.extend_from_slice(value.to_string().as_bytes()),
        },
        Field::Date(days) => quoted(out, |out| write_date(i64::from(*days), out)),
        Field::TimeMillis(millis) => write_time(i64::from(*millis), 3, out),
        Field::TimeMicros(micros) => write_time(*micros, 6, out),
        Field::TimestampMillis(millis) => write_timestamp(*millis, 3, column, out),
        Field::TimestampMicros(micros) => write_timestamp(*micros, 6, column, out),
        Field::Group(row) => write_row(row, column, out),
        Field::ListInternal(list) => {
            let element = column.and_then(element);
            out.push(b'[');
            for (index, field) in list.elements().iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_field(field, element, out);
            }
            out.push(b']');
        }
        Field::MapInternal(map) => {
            let entry = column.and_then(|column| column.get_fields().first());
            let value = entry.filter(|entry| entry.is_group()).and_then(|entry| entry.get_fields().get(1));
            out.push(b'{');
            for (index, (key, field)) in map.entries().iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_key(key, out);
                out.push(b':');
                write_field(field, value.map(AsRef::as_ref), out);
            }
            out.push(b'}');
        }
        // What prints as JSON has it: null, booleans, integers.
        Field::Null
        | Field::Bool(_)
        | Field::Byte(_)
        | Field::Short(_)
        | Field::Int(_)
        | Field::UByte(_)
        | Field::UShort(_)
        | Field::UInt(_)
        | Field::ULong(_) => out.extend_from_slice(field.to_string().as_bytes()),
    }
}

/// A key of a map is a string whatever its type is.
fn write_key(key: &Field, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    write_field(key, None, &mut text);
    if text.starts_with(b"\"") {
        out.extend_from_slice(&text);
    } else {
        write_json_string(&String::from_utf8_lossy(&text), out);
    }
}

/// The shortest digits that give the same number of 32 bits.
fn write_float(value: f32, out: &mut Vec<u8>) {
    format_f64(value.to_string().parse().unwrap_or(f64::NAN), out);
}

/// Integers that are times in nanoseconds: the crate gives those of other units as what they are.
enum Unit {
    Timestamp,
    Time,
}

fn unit(column: Option<&Type>) -> Option<Unit> {
    match column?.get_basic_info().logical_type_ref()? {
        LogicalType::Timestamp(timestamp) if timestamp.unit == TimeUnit::NANOS => Some(Unit::Timestamp),
        LogicalType::Time(time) if time.unit == TimeUnit::NANOS => Some(Unit::Time),
        _ => None,
    }
}

/// The type of a list's elements (Apache Parquet format, "Lists").
fn element(column: &Type) -> Option<&Type> {
    let info = column.get_basic_info();
    if !column.is_group() || info.converted_type() != ConvertedType::LIST {
        return (info.has_repetition() && info.repetition() == Repetition::REPEATED).then_some(column);
    }
    let repeated = column.get_fields().first()?;
    match repeated.is_group().then(|| repeated.get_fields()) {
        Some([element]) => Some(element),
        _ => Some(repeated),
    }
}

fn write_timestamp(value: i64, digits: u32, column: Option<&Type>, out: &mut Vec<u8>) {
    let a_second = 10_i64.pow(digits);
    let (seconds, fraction) = (value.div_euclid(a_second), value.rem_euclid(a_second));
    let is_local = match column.and_then(|column| column.get_basic_info().logical_type_ref()) {
        Some(LogicalType::Timestamp(timestamp)) => !timestamp.is_adjusted_to_u_t_c,
        _ => false,
    };
    quoted(out, |out| {
        write_date(seconds.div_euclid(SECONDS_A_DAY), out);
        out.push(b'T');
        write_of_day(seconds.rem_euclid(SECONDS_A_DAY), fraction, digits, out);
        if !is_local {
            out.push(b'Z');
        }
    });
}

fn write_time(value: i64, digits: u32, out: &mut Vec<u8>) {
    let a_second = 10_i64.pow(digits);
    let (seconds, fraction) = (value.div_euclid(a_second), value.rem_euclid(a_second));
    quoted(out, |out| write_of_day(seconds, fraction, digits, out));
}

fn write_date(days: i64, out: &mut Vec<u8>) {
    let (year, month, day) = date_from_days(days);
    let sign = if (0..=9999).contains(&year) {
        ""
    } else if year < 0 {
        "-"
    } else {
        "+"
    };
    out.extend_from_slice(format!("{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs()).as_bytes());
}

fn write_of_day(seconds: i64, fraction: i64, digits: u32, out: &mut Vec<u8>) {
    let (hours, minutes, seconds, digits) =
        (seconds / 3600, seconds / 60 % 60, seconds % 60, digits as usize);
    out.extend_from_slice(format!("{hours:02}:{minutes:02}:{seconds:02}.{fraction:0digits$}").as_bytes());
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

//! Histories as JSON, as the API's `GetExecutionHistory` has them.

use crate::json::write_json_string;
use crate::value::timestamp::Timestamp;
use crate::vm::{DetailMember, EventDetails, EventType, ExecutionHistory, HistoryEvent};

impl ExecutionHistory {
    /// Appends the events as an array, as `aws stepfunctions get-execution-history` prints them where the local
    /// time is UTC.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, event) in self.events().iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_event(event, out);
        }
        out.push(b']');
    }
}

fn write_event(event: &HistoryEvent, out: &mut Vec<u8>) {
    let HistoryEvent { id, previous_event_id, timestamp, event_type, details, .. } = event;
    out.extend_from_slice(
        format!("{{\"id\":{id},\"previousEventId\":{previous_event_id},\"timestamp\":\"").as_bytes(),
    );
    write_timestamp(*timestamp, out);
    out.extend_from_slice(format!("\",\"type\":\"{}\"", event_type.as_str()).as_bytes());
    if *details != EventDetails::None {
        out.extend_from_slice(format!(",\"{}EventDetails\":", details_name(*event_type)).as_bytes());
        write_details(details, true, out);
    }
    out.push(b'}');
}

/// With microseconds and an offset, as the AWS CLI prints times.
fn write_timestamp(timestamp: Timestamp, out: &mut Vec<u8>) {
    timestamp.write_rfc3339_millis(out);
    out.pop(); // the Z
    out.extend_from_slice(b"000+00:00");
}

/// The member of an event that holds its details, less `EventDetails`; states of all types share theirs.
fn details_name(event_type: EventType) -> String {
    let word = event_type.as_str();
    if word.ends_with("StateEntered") {
        return "stateEntered".to_owned();
    }
    if word.ends_with("StateExited") {
        return "stateExited".to_owned();
    }
    let mut name = word.to_owned();
    name[..1].make_ascii_lowercase();
    name
}

/// Appends details as an object; without `includes_data`, only what is not data of the execution.
pub(super) fn write_details(details: &EventDetails, includes_data: bool, out: &mut Vec<u8>) {
    out.push(b'{');
    details.for_each_member(|name, member| match member {
        DetailMember::Text(text) => {
            write_name(name, out);
            write_json_string(text, out);
        }
        DetailMember::Number(number) => {
            write_name(name, out);
            out.extend_from_slice(number.to_string().as_bytes());
        }
        DetailMember::Data(json) if includes_data => {
            write_name(name, out);
            write_json_string(json, out);
            if name != "parameters" {
                write_not_truncated(name, out);
            }
        }
        DetailMember::Variables(variables) if includes_data => {
            write_name(name, out);
            out.push(b'{');
            for (variable, json) in variables {
                write_name(variable, out);
                write_json_string(json, out);
            }
            out.push(b'}');
            write_not_truncated(name, out);
        }
        _ => {}
    });
    out.push(b'}');
}

/// `"inputDetails":{"truncated":false}`
fn write_not_truncated(name: &str, out: &mut Vec<u8>) {
    write_name(&format!("{name}Details"), out);
    out.extend_from_slice(br#"{"truncated":false}"#);
}

/// A member's name, after a comma if it is not the object's first.
fn write_name(name: &str, out: &mut Vec<u8>) {
    if !out.ends_with(b"{") {
        out.push(b',');
    }
    write_json_string(name, out);
    out.push(b':');
}

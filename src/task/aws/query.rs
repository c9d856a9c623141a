//! AWS Query: a form there, XML back (Smithy docs, "AWS query protocol").

use super::error::ServiceError;
use super::service::Service;
use super::xml::Xml;
use crate::json::{Doc, Elements, Members, NodeId, Tag, minify, write_json_string};
use crate::task::TaskError;
use crate::task::http::{HttpResponse, push_form, scalar};

/// Objects that are maps, whose entries are numbered.
const MAPS: [&str; 2] = ["MessageAttributes", "Attributes"];

/// Most bytes of a body: names are written out for every value, so a small one may become large.
const BODY_BYTES_MAX: usize = 4 << 20;

enum Level<'d> {
    Members(Members<'d>),
    Map(u32, Members<'d>),
    List(u32, Elements<'d>),
}

/// The body of a request; `None`: it would be too long.
pub(super) fn request_body(
    service: &Service,
    version: &str,
    operation: &str,
    doc: Doc<'_>,
) -> Option<String> {
    let mut out = format!("Action={operation}&Version={version}");
    let mut name = String::new();
    let mut levels = vec![(0, Level::Members(doc.members(NodeId::ROOT)))];
    while let Some((name_len, level)) = levels.last_mut() {
        name.truncate(*name_len);
        let Some((key, value)) = next(doc, level, &mut name, &mut out) else {
            levels.pop();
            continue;
        };
        let is_text = key.as_deref().is_some_and(|key| service.texts.contains(&key));
        match doc.tag(value) {
            Tag::Object | Tag::Array if is_text => {
                let mut json = Vec::new();
                minify(doc, value, &mut json);
                push_pair(&name, &String::from_utf8_lossy(&json), &mut out);
            }
            Tag::Object if key.as_deref().is_some_and(|key| MAPS.contains(&key)) => {
                levels.push((name.len(), Level::Map(0, doc.members(value))));
            }
            Tag::Object => levels.push((name.len(), Level::Members(doc.members(value)))),
            Tag::Array => levels.push((name.len(), Level::List(0, doc.elements(value)))),
            Tag::Null => {}
            _ => push_pair(&name, &scalar(doc, value), &mut out),
        }
        if out.len() > BODY_BYTES_MAX {
            return None;
        }
    }
    Some(out)
}

/// The next value, its name appended to `name`, and its own part of the name.
fn next(
    doc: Doc<'_>,
    level: &mut Level<'_>,
    name: &mut String,
    out: &mut String,
) -> Option<(Option<String>, NodeId)> {
    if !name.is_empty() {
        name.push('.');
    }
    match level {
        Level::Members(members) => {
            let (key, value) = members.next()?;
            let key = doc.string(key).to_text().into_owned();
            push_form(&key, name);
            Some((Some(key), value))
        }
        Level::Map(count, members) => {
            let (key, value) = members.next()?;
            *count += 1;
            name.push_str("entry.");
            name.push_str(itoa::Buffer::new().format(*count));
            push_pair(&format!("{name}.Name"), &doc.string(key).to_text(), out);
            name.push_str(".Value");
            Some((None, value))
        }
        Level::List(count, elements) => {
            let value = elements.next()?;
            *count += 1;
            name.push_str("member.");
            name.push_str(itoa::Buffer::new().format(*count));
            Some((None, value))
        }
    }
}

fn push_pair(name: &str, value: &str, out: &mut String) {
    out.push('&');
    out.push_str(name);
    out.push('=');
    push_form(value, out);
}

/// The result out of a response: what stands in its `OperationResult`.
pub(super) fn result(
    service: &Service,
    operation: &str,
    response: &HttpResponse,
) -> Result<Vec<u8>, TaskError> {
    let text = String::from_utf8_lossy(&response.body);
    let Some(xml) = Xml::parse(&text) else {
        let cause = format!("Unable to unmarshall response: the answer of {} is not XML", service.host);
        return Err(TaskError::new(format!("{}.SdkClientException", service.prefix), cause));
    };
    let mut out = Vec::new();
    match xml.find(Xml::ROOT, &format!("{operation}Result")) {
        Some(result) => xml.write_json(result, &mut out),
        None => out.extend_from_slice(b"{}"),
    }
    if out.first() != Some(&b'{') {
        out = b"{}".to_vec();
    }
    Ok(out)
}

/// The error in a response.
pub(super) fn error(response: &HttpResponse) -> ServiceError {
    let text = String::from_utf8_lossy(&response.body);
    let Some(xml) = Xml::parse(&text) else { return ServiceError::default() };
    // Query has an `ErrorResponse` around its `Error`, S3 has none.
    let error = xml.find(Xml::ROOT, "Error").unwrap_or(Xml::ROOT);
    let member = |node, name| xml.find(node, name).map(|node| xml.text(node).to_owned());
    ServiceError {
        code: member(error, "Code"),
        message: member(error, "Message"),
        request_id: member(Xml::ROOT, "RequestId"),
    }
}

/// Writes a text as JSON of the kind that its name has in a response.
pub(super) fn write_typed(name: &str, text: &str, out: &mut Vec<u8>) {
    const NUMBERS: [&str; 6] = ["Size", "KeyCount", "MaxKeys", "ContentLength", "PartsCount", "MissingMeta"];
    const BOOLEANS: [&str; 3] = ["IsTruncated", "DeleteMarker", "BucketKeyEnabled"];
    let is_number =
        NUMBERS.contains(&name) && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_boolean = BOOLEANS.contains(&name) && matches!(text, "true" | "false");
    if is_number || is_boolean {
        out.extend_from_slice(text.as_bytes());
    } else {
        write_json_string(text, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;
    use crate::task::Resource;

    #[test]
    fn nested_parameters_are_numbered_names() {
        let Resource::Integration(integration) = Resource::parse("arn:aws:states:::sns:publish") else {
            panic!()
        };
        let sns = Service::find(integration).expect("a service");
        let json = r#"{"TopicArn":"t:1","Message":{"a":1},"Subject":null,
            "MessageAttributes":{"k":{"DataType":"String","StringValue":"v w"},"l":{"DataType":"Number"}},
            "PublishBatchRequestEntries":[{"Id":"1"},{"Id":"2"}]}"#;
        let document = Document::parse(json.as_bytes(), 16).expect("JSON");
        assert_eq!(
            request_body(sns, "2010-03-31", "Publish", document.doc()).expect("it is short"),
            "Action=Publish&Version=2010-03-31&TopicArn=t%3A1&Message=%7B%22a%22%3A1%7D\
             &MessageAttributes.entry.1.Name=k&MessageAttributes.entry.1.Value.DataType=String\
             &MessageAttributes.entry.1.Value.StringValue=v+w&MessageAttributes.entry.2.Name=l\
             &MessageAttributes.entry.2.Value.DataType=Number\
             &PublishBatchRequestEntries.member.1.Id=1&PublishBatchRequestEntries.member.2.Id=2"
        );
    }
}

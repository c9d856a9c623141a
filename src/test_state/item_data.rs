//! What a Map's `ItemReader` has read, as the request gives it.

use super::refusal::Refusal;
use super::request::TestRequest;
use super::subject::Subject;
use crate::asl::model::{InputType, StateKind};
use crate::json::{Document, NodeId, Tag, minify};
use crate::limits::Limits;

/// The items of a Map with an `ItemReader`.
#[derive(Debug, Default)]
pub(super) struct ItemData {
    /// As a JSON array.
    pub json: String,
    /// Whether these are all of them: formats other than JSON are not read here.
    pub is_complete: bool,
}

/// The items that a request gives to a Map that reads its own; none for any other state.
pub(super) fn items(
    subject: &Subject,
    request: &TestRequest,
    limits: &Limits,
) -> Result<Option<ItemData>, Refusal> {
    let StateKind::Map(map) = &subject.state().kind else { return Ok(None) };
    let Some(reader) = &map.item_reader else { return Ok(None) };
    let Some(data) = &request.state_configuration.map_item_reader_data else {
        return Ok(Some(ItemData { json: "[]".to_owned(), is_complete: false }));
    };
    let unread = ItemData { json: "[]".to_owned(), is_complete: false };
    match reader.config.input_type {
        Some(InputType::Json) | None if reader.config.items_pointer.is_none() => {
            array(data, limits).map(Some)
        }
        Some(InputType::JsonLines) => {
            let lines: Vec<_> = data.lines().filter(|line| !line.trim().is_empty()).collect();
            array(&format!("[{}]", lines.join(",")), limits).map(Some)
        }
        _ => Ok(Some(unread)),
    }
}

fn array(text: &str, limits: &Limits) -> Result<ItemData, Refusal> {
    let document = Document::parse(text.as_bytes(), limits.nesting_depth_max)
        .map_err(|error| Refusal::validation(format!("The mapItemReaderData is not JSON: {error}")))?;
    let doc = document.doc();
    // An object's members are items too, but are not read here.
    if doc.tag(NodeId::ROOT) != Tag::Array {
        return Ok(ItemData { json: "[]".to_owned(), is_complete: false });
    }
    let mut json = Vec::new();
    minify(doc, NodeId::ROOT, &mut json);
    Ok(ItemData { json: String::from_utf8_lossy(&json).into_owned(), is_complete: true })
}

//! One event of a history.

use super::{DetailMember, EventDetails, EventType};
use crate::value::timestamp::Timestamp;

/// An event (AWS API, `HistoryEvent`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEvent {
    /// Its number, from 1.
    pub id: u32,
    /// The number of its logical predecessor; 0 where there is none.
    pub previous_event_id: u32,
    /// When, on the execution's clock.
    pub timestamp: Timestamp,
    /// What.
    pub event_type: EventType,
    /// What there is to say of it.
    pub details: EventDetails,
}

impl HistoryEvent {
    /// Bytes it holds, about.
    pub(super) fn bytes(&self) -> u64 {
        let mut bytes = size_of::<Self>();
        self.details.for_each_member(|name, member| {
            bytes += match member {
                DetailMember::Text(text) | DetailMember::Data(text) => text.len(),
                DetailMember::Number(_) => 0,
                DetailMember::Variables(variables) => {
                    variables.iter().map(|(name, json)| name.len() + json.len()).sum()
                }
            } + name.len();
        });
        bytes as u64
    }
}

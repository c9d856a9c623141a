//! Rules that single values and whole graphs must follow, free of any document.

mod error_name;
mod hint;
mod jsonata;
mod label;
mod location;
mod reachability;
mod resource;

pub(super) use error_name::{did_you_mean_error, is_reserved_error, is_workflow_error};
pub(super) use hint::did_you_mean;
pub(super) use jsonata::{Expression, check_jsonata, is_jsonata, place_in};
pub(super) use label::{NAME_CHARACTERS_MAX, label_problem};
pub(super) use location::{child, locate};
pub(super) use reachability::{Outgoing, Walk, walk};
pub(super) use resource::{IntegrationPattern, Recognition, integration_pattern, recognize};

//! JSONata expressions.

use crate::bytecode::{Expected, QueryId, QuerySite, Reg};
use crate::jsonata::{self, Item, Kind, Settings};
use crate::value::Value;
use crate::vm::fault::{Fault, QUERY_EVALUATION};
use crate::vm::fuel;
use crate::vm::machine::Machine;
use crate::vm::state::Register;

type Outcome<T> = Result<T, Fault>;

impl<'a> Machine<'_, '_, 'a> {
    /// What an expression comes to.
    pub(in crate::vm) fn query(
        &mut self,
        slot: u32,
        frame: &[Register<'a>],
        first: Reg,
        query: QueryId,
    ) -> Outcome<Value<'a>> {
        let site = self.program.query(query);
        let parameters = &site.code.parameters;
        let given = &frame[usize::from(first.0)..][..parameters.len()];
        let mut parameter = |wanted: &jsonata::Parameter| {
            let index = parameters.iter().position(|parameter| parameter == wanted);
            let value = index.and_then(|index| given[index]);
            value.map_or(Item::Undefined, Item::Json)
        };
        let settings = Settings {
            now_millis: self.now.to_millis(),
            seed: self.random(slot).next_u64(),
            fuel_max: self.limits.fuel_total_max.saturating_sub(self.state.fuel_used),
            arena_bytes_max: self.limits.arena_bytes_max,
        };
        let (result, fuel) = jsonata::evaluate(
            &site.code,
            self.heap,
            Item::Undefined,
            &mut parameter,
            &settings,
            self.queries,
        );
        self.charge(fuel::for_query(fuel));
        match result {
            Ok(item) => self.query_value(site, item),
            Err(error) => Err(failed(site, &jsonata::thrown(&error))),
        }
    }

    /// The result as a value of the kind that the field wants.
    fn query_value(&self, site: &QuerySite, item: Item<'a>) -> Outcome<Value<'a>> {
        let docs = self.heap.docs;
        let is_expected = match (site.expected, item.kind(docs)) {
            (Expected::Any, _)
            | (Expected::String, Kind::String(_))
            | (Expected::Boolean, Kind::Bool(_))
            | (Expected::Items, Kind::Array(_) | Kind::Object(_)) => true,
            (Expected::Number, Kind::Number(number)) => number.is_finite(),
            _ => false,
        };
        let value = jsonata::state_value(item, self.heap).map_err(|what| failed(site, what))?;
        if is_expected {
            return Ok(value);
        }
        let (expected, found) = (site.expected.name(), type_name(item.kind(docs)));
        let shown = crate::value::to_json(value, docs);
        Err(failed(
            site,
            &format!(
                "returned an unexpected result type. Expected '{expected}', but was '{found}' for value: {shown}"
            ),
        ))
    }
}

fn type_name(kind: Kind<'_, '_>) -> &'static str {
    match kind {
        Kind::Undefined => "undefined",
        Kind::Null => "null",
        Kind::Bool(_) => "boolean",
        Kind::Number(_) => "number",
        Kind::String(_) => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
        Kind::Function(_) => "function",
    }
}

#[cold]
fn failed(site: &QuerySite, what: &str) -> Fault {
    let (text, field) = (&site.text, &site.field);
    let mut fault = Fault::states(
        QUERY_EVALUATION,
        format!("The JSONata expression '{text}' specified for the field '{field}' {what}"),
    );
    fault.location = Some(field.clone());
    fault
}

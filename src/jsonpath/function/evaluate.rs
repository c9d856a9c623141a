//! What functions make of values: Jayway's `PathFunctionFactory` and what it makes.

use super::ast::{Argument, Function, FunctionCall};
use crate::jsonpath::filter::{number_text, truncated};
use crate::jsonpath::select::resolve;
use crate::jsonpath::select_error::Reason;
use crate::jsonpath::selection::Selection;
use crate::value::{NumberView, Value, View, to_json};

/// Bytes of text that count as much as one value.
const BYTES_A_VALUE: usize = 16;

/// What is known of numbers that went by.
#[derive(Debug, Default)]
struct Tally {
    count: f64,
    sum: f64,
    sum_of_squares: f64,
    min: Option<f64>,
    max: Option<f64>,
}

impl Tally {
    fn add(&mut self, number: f64) {
        self.count += 1.0;
        self.sum += number;
        self.sum_of_squares += number * number;
        self.min = Some(self.min.map_or(number, |min| min.min(number)));
        self.max = Some(self.max.map_or(number, |max| max.max(number)));
    }

    /// What the function says of them; `None` if there were none.
    fn result(&self, function: Function) -> Option<f64> {
        let (min, max) = (self.min?, self.max?);
        let mean = self.sum / self.count;
        Some(match function {
            Function::Min => min,
            Function::Max => max,
            Function::Average => mean,
            Function::StandardDeviation => {
                let variance =
                    self.sum_of_squares / self.count - self.sum * self.sum / self.count / self.count;
                // Rounding may leave a little less than nothing.
                if variance < 0.0 { 0.0 } else { variance.sqrt() }
            }
            _ => self.sum,
        })
    }
}

impl<'h, 'a: 'h> Selection<'h, 'a> {
    /// What the call makes of `value`.
    pub(in crate::jsonpath) fn call(
        &mut self,
        call: &FunctionCall,
        value: Value<'a>,
    ) -> Result<Value<'a>, Reason> {
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(match argument {
                Argument::Query(query) => self.query(query, self.document, false)?,
                Argument::Literal(literal) => self.literal(literal)?,
            });
        }
        self.call_with(call.function, value, &arguments)
    }

    /// What the function makes of `value` and of values found already.
    pub(in crate::jsonpath) fn call_with(
        &mut self,
        function: Function,
        value: Value<'a>,
        arguments: &[Value<'a>],
    ) -> Result<Value<'a>, Reason> {
        self.look(1)?;
        let docs = self.heap.docs;
        match function {
            Function::Length | Function::Size => {
                // The argument is what a descent found.
                Ok(match arguments.first().unwrap_or(&value).view(docs) {
                    View::Array(array) => Value::Int(array.len() as i64),
                    View::Object(object) => Value::Int(object.len(docs) as i64),
                    _ => Value::Null,
                })
            }
            Function::Keys => self.keys(value),
            Function::Concat => self.concat(value, arguments),
            Function::Append => self.append(value, arguments),
            Function::First => self.element(value, 0),
            Function::Last => self.element(value, -1),
            Function::Index => {
                let index = self.numbers(arguments)?.into_iter().next().ok_or(Reason::NoNumbers)?;
                self.element(value, truncated(index.read()))
            }
            Function::Min
            | Function::Max
            | Function::Average
            | Function::StandardDeviation
            | Function::Sum => self.tally(function, value, arguments),
        }
    }

    fn tally(
        &mut self,
        function: Function,
        value: Value<'a>,
        arguments: &[Value<'a>],
    ) -> Result<Value<'a>, Reason> {
        let mut tally = Tally::default();
        // A number that stands alone is none of the array's.
        if value.as_array(self.heap.docs).is_some() {
            self.numbers(&[value])?.into_iter().for_each(|number| tally.add(number.read().as_f64()));
        }
        self.numbers(arguments)?.into_iter().for_each(|number| tally.add(number.read().as_f64()));
        let result = tally.result(function).ok_or(Reason::NoNumbers)?;
        if !result.is_finite() {
            return Err(Reason::NotFinite);
        }
        Ok(self.heap.parse(java_double(result).as_bytes()).unwrap_or(Value::Float(result)))
    }

    /// The numbers among values and among the elements of arrays.
    fn numbers(&mut self, values: &[Value<'a>]) -> Result<Vec<NumberView<'h>>, Reason> {
        let docs = self.heap.docs;
        let mut numbers = Vec::new();
        let mut collect = |value: Value<'a>| {
            if let View::Number(number) = value.view(docs) {
                numbers.push(number);
            }
        };
        for value in values {
            match value.as_array(docs) {
                Some(array) => {
                    self.look(array.len())?;
                    array.iter().for_each(&mut collect);
                }
                None => collect(*value),
            }
        }
        Ok(numbers)
    }

    fn element(&mut self, value: Value<'a>, index: i64) -> Result<Value<'a>, Reason> {
        let array = value.as_array(self.heap.docs).ok_or(Reason::NoNumbers)?;
        let missing = Reason::NoElement { index, len: array.len() };
        let place = resolve(index, array.len()).ok_or(missing)?;
        self.look(place / 8)?;
        array.get(place).ok_or(missing)
    }

    fn keys(&mut self, value: Value<'a>) -> Result<Value<'a>, Reason> {
        let Some(object) = value.as_object(self.heap.docs) else { return Ok(Value::Null) };
        let mut keys = self.heap.list();
        for (key, _) in object.iter(self.heap.docs) {
            self.look(2 + key.raw().len() / BYTES_A_VALUE)?;
            keys.push(self.heap.text(&key.to_text()));
        }
        Ok(self.heap.array_in_arena(keys.into_bump_slice()))
    }

    fn append(&mut self, value: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>, Reason> {
        let Some(array) = value.as_array(self.heap.docs) else { return Ok(value) };
        self.look(array.len())?;
        let mut items = self.heap.list();
        items.extend(array);
        items.extend_from_slice(arguments);
        Ok(self.heap.array_in_arena(items.into_bump_slice()))
    }

    /// The strings of the array, then those of the arguments; of an array among these every element as text.
    fn concat(&mut self, value: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>, Reason> {
        let docs = self.heap.docs;
        let mut text = String::new();
        for element in value.as_array(docs).into_iter().flatten() {
            self.join(element, false, &mut text)?;
        }
        for argument in arguments {
            match argument.as_array(docs) {
                Some(array) => {
                    for element in array {
                        self.join(element, true, &mut text)?;
                    }
                }
                None => self.join(*argument, false, &mut text)?,
            }
        }
        Ok(self.heap.text(&text))
    }

    fn join(&mut self, value: Value<'a>, any_type: bool, text: &mut String) -> Result<(), Reason> {
        let before = text.len();
        match value.view(self.heap.docs) {
            View::String(string) => string.unescape_into(text),
            View::Null => {}
            _ if !any_type => {}
            View::Number(number) => text.push_str(&number_text(number)),
            _ => text.push_str(&to_json(value, self.heap.docs)),
        }
        self.look(1 + (text.len() - before) / BYTES_A_VALUE)
    }
}

/// A finite double as Java's `Double.toString` writes it, with a fraction always: `4.0`, `1.0E7`.
fn java_double(double: f64) -> String {
    let with_fraction =
        |digits: &str| if digits.contains('.') { digits.to_owned() } else { format!("{digits}.0") };
    if double == 0.0 || (1e-3..1e7).contains(&double.abs()) {
        return with_fraction(&double.to_string());
    }
    let text = format!("{double:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => format!("{}E{exponent}", with_fraction(digits)),
        None => text,
    }
}

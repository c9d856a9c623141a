//! The task file: which handler answers a Resource, as TOML.

use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::error::nearest;
use super::services::{KEYS, Services};
use super::settings::{Source, Value};
use super::{BulkheadOptions, Constant, Echo, FileError, StateMachineEntry, TaskFile, TaskRegistry};
use crate::asl::model::MachineType;
use crate::json::write_json_string;

/// Kinds of handlers that a task file may name in another build or one day; naming one is told apart from a slip.
const LATER: [&str; 2] = ["aws", "wasm"];
const NOW: &[&str] = &[
    "constant",
    "echo",
    "exec",
    "http",
    "lambda",
    #[cfg(feature = "aws")]
    "aws",
];
/// Bounds around the handler of a task.
const BOUNDS: [&str; 4] = ["max_concurrency", "max_per_second", "max_queued", "timeout_seconds"];
/// Lists that a task file may have.
const TASK: &str = "task";
const STATE_MACHINE: &str = "state_machine";
const NESTING_DEPTH_MAX: u32 = 1024;

impl TaskRegistry {
    /// Reads a task file.
    pub fn from_file(path: &Path) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| FileError::whole(&name, format!("failed to read the task file: {error}")))?;
        Self::from_toml(&name, &text)
    }

    /// Reads a task file's text; `file` is its name for messages. State machines that it names are of no use here.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, FileError> {
        TaskFile::from_toml(file, text).map(|file| file.tasks)
    }
}

impl TaskFile {
    /// Reads a task file's text; `file` is its name for messages.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, FileError> {
        let source = Source { file, text };
        let table = DeTable::parse(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            FileError::at(file, text, offset, error.message().to_owned())
        })?;
        let table = table.get_ref();
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.get_ref().as_ref())) {
            let help = "a task file consists of [[task]] and [[state_machine]] tables";
            return Err(source.at(key.span(), format!("unknown key '{}'", key.get_ref())).help(help));
        }
        let reader = Reader { source, services: Services::new(source, table)? };
        let mut read = Self::default();
        for task in reader.list(table, TASK)? {
            reader.task(task, &mut read.tasks)?;
        }
        for machine in reader.list(table, STATE_MACHINE)? {
            read.state_machines.push(reader.state_machine(machine)?);
        }
        Ok(read)
    }
}

/// A task file that is read.
pub(super) struct Reader<'t> {
    pub(super) source: Source<'t>,
    services: Services,
}

impl Reader<'_> {
    pub(super) fn at(&self, span: Range<usize>, message: impl Into<String>) -> FileError {
        self.source.at(span, message)
    }

    /// The tables under a key in double brackets.
    fn list<'v, 'd>(&self, table: &'v DeTable<'d>, key: &str) -> Result<&'v [Value<'d>], FileError> {
        match table.get(key) {
            None => Ok(&[]),
            Some(value) => match value.get_ref() {
                DeValue::Array(tables) => Ok(tables),
                _ => Err(self
                    .at(value.span(), format!("'{key}' must be a list"))
                    .help(format!("write [[{key}]] in double brackets"))),
            },
        }
    }

    fn task(&self, task: &Value<'_>, registry: &mut TaskRegistry) -> Result<(), FileError> {
        let DeValue::Table(table) = task.get_ref() else {
            return Err(self.at(task.span(), "expected a table").help("write [[task]] in double brackets"));
        };
        let (mut resource, mut handler) = (None, None);
        let mut bounds = Vec::new();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "resource" => resource = Some(value),
                "handler" => handler = Some(value),
                bound if BOUNDS.contains(&bound) => bounds.push((bound, value)),
                other => {
                    let help = match nearest(other, BOUNDS.into_iter().chain(["resource", "handler"])) {
                        Some(near) => format!("did you mean '{near}'?"),
                        None => {
                            format!("a task has 'resource' and 'handler', and may have {}", BOUNDS.join(", "))
                        }
                    };
                    return Err(self.at(key.span(), format!("unknown field '{other}'")).help(help));
                }
            }
        }
        let missing = |field, help| self.at(task.span(), format!("this task has no '{field}'")).help(help);
        let resource = resource.ok_or_else(|| {
            missing("resource", "name the Resource it answers; '*' stands for any run of characters")
        })?;
        let DeValue::String(pattern) = resource.get_ref() else {
            return Err(self.at(resource.span(), "'resource' must be a string"));
        };
        let handler = handler
            .ok_or_else(|| missing("handler", "write handler = \"echo\" or handler = { constant = … }"))?;
        self.handler(pattern, handler, registry)?;
        if !bounds.is_empty() {
            registry.bound_last(self.bounds(&bounds)?);
        }
        Ok(())
    }

    fn bounds(&self, fields: &[(&str, &Value<'_>)]) -> Result<BulkheadOptions, FileError> {
        let mut options = BulkheadOptions::default();
        for (key, value) in fields {
            match *key {
                "max_concurrency" => options.concurrency_max = Some(self.positive(key, value)?),
                "max_per_second" => options.rate_per_second = Some(self.positive(key, value)?),
                "max_queued" => options.queue_max = Some(self.count(key, value)?),
                _ => options.timeout = Some(self.seconds(key, value)?),
            }
        }
        Ok(options)
    }

    fn state_machine(&self, entry: &Value<'_>) -> Result<StateMachineEntry, FileError> {
        let DeValue::Table(table) = entry.get_ref() else {
            let help = "write [[state_machine]] in double brackets";
            return Err(self.at(entry.span(), "expected a table").help(help));
        };
        let (mut name, mut definition, mut machine_type) = (None, None, None);
        for (key, value) in table {
            let DeValue::String(text) = value.get_ref() else {
                return Err(self.at(value.span(), format!("'{}' must be a string", key.get_ref())));
            };
            match key.get_ref().as_ref() {
                "name" => name = Some(text.to_string()),
                "definition" => definition = Some(text.to_string().into()),
                "type" => {
                    machine_type = Some(match text.to_ascii_lowercase().as_str() {
                        "standard" => MachineType::Standard,
                        "express" => MachineType::Express,
                        _ => return Err(self.at(value.span(), "'type' is \"standard\" or \"express\"")),
                    });
                }
                other => {
                    let help = match nearest(other, ["name", "definition", "type"]) {
                        Some(near) => format!("did you mean '{near}'?"),
                        None => "a state machine has 'definition', and may have 'name' and 'type'".to_owned(),
                    };
                    return Err(self.at(key.span(), format!("unknown field '{other}'")).help(help));
                }
            }
        }
        let definition = definition.ok_or_else(|| {
            self.at(entry.span(), "this state machine has no 'definition'")
                .help("name the file with its definition, as seen from the task file")
        })?;
        Ok(StateMachineEntry { name, definition, machine_type })
    }

    fn handler(
        &self,
        pattern: &str,
        handler: &Value<'_>,
        registry: &mut TaskRegistry,
    ) -> Result<(), FileError> {
        match handler.get_ref() {
            DeValue::String(kind) if kind == "echo" => {
                registry.handle(pattern, Echo);
                Ok(())
            }
            DeValue::String(kind) if kind == "constant" => Err(self
                .at(handler.span(), "the handler 'constant' needs its value")
                .help("write handler = { constant = { valid = true } }")),
            DeValue::String(kind) if kind == "exec" || kind == "lambda" => Err(self
                .at(handler.span(), format!("the handler '{kind}' needs a table"))
                .help(format!("write handler = {{ {kind} = {{ command = [\"program\"] }} }}"))),
            DeValue::String(kind) => self.service(pattern, kind, None, handler.span(), registry),
            DeValue::Table(table) => {
                let mut members = table.iter();
                let (Some((kind, value)), None) = (members.next(), members.next()) else {
                    return Err(self.at(handler.span(), "a handler is one kind with its value"));
                };
                match kind.get_ref().as_ref() {
                    "constant" => self.constant(pattern, value, registry),
                    "echo" => Err(self
                        .at(kind.span(), "the handler 'echo' takes no value")
                        .help("write handler = \"echo\"")),
                    "exec" => self.exec(pattern, value, registry),
                    // With an endpoint it is a service, else processes of its own.
                    "lambda" if !is_table_with(value, "endpoint") => self.lambda(pattern, value, registry),
                    other => self.service(pattern, other, Some(value), kind.span(), registry),
                }
            }
            _ => Err(self.at(handler.span(), "'handler' must be a string or a table")),
        }
    }

    /// A handler that reaches something over the network.
    fn service(
        &self,
        pattern: &str,
        kind: &str,
        value: Option<&Value<'_>>,
        span: Range<usize>,
        registry: &mut TaskRegistry,
    ) -> Result<(), FileError> {
        match self.services.handler(self.source, kind, value, span.clone())? {
            Some(handler) => {
                registry.handle_async_shared(pattern, handler);
                Ok(())
            }
            None => Err(self.unknown_kind(span, kind)),
        }
    }

    fn unknown_kind(&self, span: Range<usize>, kind: &str) -> FileError {
        if kind == "mock" {
            return self
                .at(span, "mocked states are not named in a task file")
                .help("give the mock file with --mock-config FILE --test-case NAME");
        }
        if LATER.contains(&kind) {
            let message = format!("the handler '{kind}' is not available in this version");
            let help = match kind {
                "aws" => "build aslx with the feature 'aws'".to_owned(),
                _ => format!("available: {}", NOW.join(", ")),
            };
            return self.at(span, message).help(help);
        }
        let help = match nearest(kind, NOW.iter().copied().chain(LATER)) {
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("available: {}", NOW.join(", ")),
        };
        self.at(span, format!("unknown handler '{kind}'")).help(help)
    }

    fn constant(
        &self,
        pattern: &str,
        value: &Value<'_>,
        registry: &mut TaskRegistry,
    ) -> Result<(), FileError> {
        let mut json = Vec::new();
        self.write_json(value, &mut json, 0)?;
        let constant = Constant::new(json, NESTING_DEPTH_MAX)
            .map_err(|error| self.at(value.span(), format!("this constant is not JSON: {error}")))?;
        registry.handle(pattern, constant);
        Ok(())
    }

    /// Appends a TOML value as JSON, members in the order of the file. `depth` bounds the recursion.
    fn write_json(&self, value: &Value<'_>, out: &mut Vec<u8>, depth: u32) -> Result<(), FileError> {
        const DEPTH_MAX: u32 = 64;
        if depth > DEPTH_MAX {
            return Err(self.at(value.span(), format!("nested deeper than {DEPTH_MAX} levels")));
        }
        match value.get_ref() {
            DeValue::String(text) => write_json_string(text, out),
            DeValue::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            DeValue::Datetime(datetime) => write_json_string(&datetime.to_string(), out),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(integer) => out.extend_from_slice(itoa::Buffer::new().format(integer).as_bytes()),
                Err(_) => return Err(self.at(value.span(), "this integer does not fit into 64 bits")),
            },
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(float) if float.is_finite() => crate::json::format_f64(float, out),
                _ => return Err(self.at(value.span(), "JSON has no infinity and no NaN")),
            },
            DeValue::Array(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    self.write_json(item, out, depth + 1)?;
                }
                out.push(b']');
            }
            DeValue::Table(table) => {
                let mut members: Vec<_> = table.iter().collect();
                members.sort_by_key(|(key, _)| key.span().start);
                out.push(b'{');
                for (index, (key, item)) in members.into_iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    write_json_string(key.get_ref(), out);
                    out.push(b':');
                    self.write_json(item, out, depth + 1)?;
                }
                out.push(b'}');
            }
        }
        Ok(())
    }
}

fn is_table_with(value: &Value<'_>, key: &str) -> bool {
    matches!(value.get_ref(), DeValue::Table(table) if table.get(key).is_some())
}

//! Task file entries of handlers that are programs: `lambda` and `exec`.

use std::path::Path;

use super::file::Reader;
use super::settings::Value;
use super::{
    Coprocess, CoprocessOptions, FileError, LambdaWorkers, LambdaWorkersOptions, ProcessCommand, TaskRegistry,
};

const LAMBDA_FIELDS: [&str; 8] = [
    "command",
    "directory",
    "environment",
    "handler",
    "workers",
    "timeout_seconds",
    "init_timeout_seconds",
    "memory_mb",
];
const EXEC_FIELDS: [&str; 5] = ["command", "directory", "environment", "processes", "max_in_flight"];

impl Reader<'_> {
    pub(super) fn lambda(
        &self,
        pattern: &str,
        value: &Value<'_>,
        registry: &mut TaskRegistry,
    ) -> Result<(), FileError> {
        let fields = self.fields("lambda", value, &LAMBDA_FIELDS)?;
        let mut options = LambdaWorkersOptions::new(self.command("lambda", value, &fields)?);
        options.log = registry.process_log().clone();
        for (name, value) in fields {
            match name {
                "handler" => options.handler = Some(self.text(name, value)?.to_owned()),
                "workers" => options.workers = self.positive(name, value)?,
                "timeout_seconds" => options.timeout = self.seconds(name, value)?,
                "init_timeout_seconds" => options.init_timeout = self.seconds(name, value)?,
                "memory_mb" => {
                    let memory_mb = self.positive(name, value)?.get();
                    options.memory_mb = u32::try_from(memory_mb).unwrap_or(u32::MAX);
                }
                _ => {}
            }
        }
        registry.handle_async(pattern, LambdaWorkers::new(options));
        Ok(())
    }

    pub(super) fn exec(
        &self,
        pattern: &str,
        value: &Value<'_>,
        registry: &mut TaskRegistry,
    ) -> Result<(), FileError> {
        let fields = self.fields("exec", value, &EXEC_FIELDS)?;
        let mut options = CoprocessOptions::new(self.command("exec", value, &fields)?);
        options.log = registry.process_log().clone();
        for (name, value) in fields {
            match name {
                "processes" => options.processes = self.positive(name, value)?,
                "max_in_flight" => options.in_flight_max = self.positive(name, value)?,
                _ => {}
            }
        }
        registry.handle_async(pattern, Coprocess::new(options));
        Ok(())
    }

    /// The program of a handler. It runs in the task file's folder, to which a `directory` is relative.
    fn command(
        &self,
        kind: &str,
        table: &Value<'_>,
        fields: &[(&str, &Value<'_>)],
    ) -> Result<ProcessCommand, FileError> {
        let field = |name| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let help = "write command = [\"python3\", \"-u\", \"price.py\"]: the program and its arguments, which no shell reads";
        let Some(value) = field("command") else {
            return Err(self.at(table.span(), format!("the handler '{kind}' has no 'command'")).help(help));
        };
        let texts = self.texts("command", value).map_err(|error| error.help(help))?;
        let Some((program, arguments)) = texts.split_first().filter(|(program, _)| !program.is_empty())
        else {
            return Err(self.at(value.span(), "'command' names no program").help(help));
        };
        let folder = Path::new(self.source.file).parent().unwrap_or(Path::new(""));
        let directory = match field("directory") {
            Some(value) => folder.join(self.text("directory", value)?),
            None => folder.to_owned(),
        };
        let mut command = ProcessCommand::new(*program, arguments.iter().copied());
        if !directory.as_os_str().is_empty() {
            command = command.directory(directory);
        }
        if let Some(value) = field("environment") {
            for (name, value) in self.pairs("environment", value)? {
                command = command.environment(name, value);
            }
        }
        Ok(command)
    }
}

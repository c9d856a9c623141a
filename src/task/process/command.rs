//! What to start: a program with its arguments, folder and environment.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

/// A program and its arguments, as they are: no shell reads them.
///
/// It has the environment of this process, with `environment` on top.
#[derive(Clone)]
pub struct ProcessCommand {
    program: PathBuf,
    arguments: Vec<OsString>,
    directory: Option<PathBuf>,
    environment: Vec<(OsString, OsString)>,
}

impl ProcessCommand {
    /// A program, by its path or by its name in `PATH`, with arguments.
    pub fn new<A: Into<OsString>>(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program: program.into(), arguments, directory: None, environment: Vec::new() }
    }

    /// The folder that it runs in, from which the program is found too if its path is relative.
    #[must_use]
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn environment(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The program as it was named.
    pub(in crate::task) fn program(&self) -> std::path::Display<'_> {
        self.program.display()
    }

    /// Where it runs, if that was said.
    #[cfg(feature = "lambda")]
    pub(in crate::task) fn working_directory(&self) -> Option<&std::path::Path> {
        self.directory.as_deref()
    }

    /// The command; `defaults` are variables that `environment` may override.
    pub(in crate::task) fn to_command(&self, defaults: &[(&str, String)]) -> Command {
        let mut command = Command::new(self.resolved_program());
        command.args(&self.arguments);
        command.envs(defaults.iter().map(|(name, value)| (*name, value.as_str())));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        // An interrupt typed at the terminal is for this process, which lets its executions finish first.
        #[cfg(unix)]
        command.process_group(0);
        command
    }

    /// A path is relative to the folder, whatever the system makes of it; a name is looked up in `PATH`.
    fn resolved_program(&self) -> PathBuf {
        let is_path = self.program.components().count() > 1;
        match &self.directory {
            Some(directory) if is_path && self.program.is_relative() => {
                let program = directory.join(&self.program);
                std::path::absolute(&program).unwrap_or(program)
            }
            _ => self.program.clone(),
        }
    }
}

/// Arguments and values of variables may be secrets.
impl fmt::Debug for ProcessCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessCommand")
            .field("program", &self.program)
            .field("arguments", &self.arguments.len())
            .field("directory", &self.directory)
            .field("environment", &self.environment.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_the_folder_and_a_name_is_not() {
        let program = |program: &str, directory: &str| {
            let command = ProcessCommand::new(program, ["x"]).directory(directory);
            command.resolved_program().display().to_string()
        };
        assert_eq!(program("venv/bin/python", "/srv/app"), "/srv/app/venv/bin/python");
        assert_eq!(program("python3", "/srv/app"), "python3");
        assert_eq!(program("/usr/bin/python3", "/srv/app"), "/usr/bin/python3");
        assert!(std::path::Path::new(&program("./run", "app")).is_absolute());
    }

    #[test]
    fn debug_output_has_no_values() {
        let command = ProcessCommand::new("p", ["--token=hunter2"]).environment("TOKEN", "hunter2");
        let text = format!("{command:?}");
        assert!(text.contains("TOKEN") && !text.contains("hunter2"), "{text}");
    }
}

//! From the command line to the exit code.

use std::process::ExitCode;

use clap::Parser;

use super::{
    args::{Arguments, Command},
    command::{bench, compile, completions, disassemble, eval, exec, man, run, test_state, validate},
    error::CliError,
    exit_code::ExitStatus,
    kernel, output,
};

/// Runs the command that was typed and tells how it ended.
pub fn main() -> ExitCode {
    let status = match Arguments::try_parse() {
        Ok(arguments) => kernel::choose().and_then(|()| dispatch(arguments.command)),
        Err(answer) => usage(&answer),
    };
    status
        .unwrap_or_else(|error| {
            output::report(&error);
            error.status()
        })
        .into()
}

fn dispatch(command: Command) -> Result<ExitStatus, CliError> {
    match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Exec(arguments) => exec::exec(&arguments),
        Command::Validate(arguments) => validate::validate(&arguments),
        Command::TestState(arguments) => test_state::test_state(&arguments),
        Command::Eval(arguments) => eval::eval(&arguments),
        Command::Compile(arguments) => compile::compile(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Completions(arguments) => completions::completions(&arguments),
        Command::Man(arguments) => man::man(&arguments),
        Command::Disassemble(arguments) => disassemble::disassemble(&arguments),
    }
}

/// Help and version are answers; anything else that clap says is a mistake of the caller's.
fn usage(answer: &clap::Error) -> Result<ExitStatus, CliError> {
    if answer.use_stderr() {
        let text = answer.render();
        let colored = output::stderr_has_colors();
        output::report(&if colored { text.ansi().to_string() } else { text.to_string() });
        return Ok(ExitStatus::Unusable);
    }
    output::print(answer.render().to_string().as_bytes())?;
    Ok(ExitStatus::Success)
}

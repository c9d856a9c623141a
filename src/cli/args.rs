//! What was typed: the command line as clap reads it. What it comes to is in [`super::config`].

use std::{
    fmt,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    bench::BenchArguments, byte_limit::ByteLimit, callback::CallbackArguments, exit_code, log::LogArguments,
    metrics::MetricsAddress, s3::S3Arguments,
};
use crate::asl::{model::MachineType, text::TextFormat};

/// Run AWS Step Functions state machines anywhere, at line rate.
///
/// aslx compiles a definition in the Amazon States Language and executes it: once for every line of an NDJSON
/// file, or once with everything shown. The definition is the one that deploys to AWS, unchanged.
#[derive(Debug, Parser)]
#[command(
    name = "aslx",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = ROOT_EXAMPLES,
    after_long_help = format!("{ROOT_EXAMPLES}\n\n{}", exit_code::TABLE)
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

const ROOT_EXAMPLES: &str = "\
Examples:
  aslx validate order.asl.json
  aslx exec order.asl.json --input '{\"orderId\":1}' --tasks tasks.toml
  aslx run order.asl.json orders.ndjson --tasks tasks.toml -o done.ndjson --failures failed.ndjson";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Run(RunArguments),
    Exec(ExecArguments),
    Validate(ValidateArguments),
    TestState(TestStateArguments),
    Eval(EvalArguments),
    Compile(CompileArguments),
    Disassemble(DisassembleArguments),
    Bench(BenchArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Execute a definition once per input line: NDJSON in, NDJSON out
///
/// Every input line is the input of one execution. Outputs of the executions that succeed are written in the
/// order of the input, one a line. Each execution that fails becomes one record in --failures, with its source,
/// line number, error, cause, state and input; the other lines are not affected. Blank lines are skipped.
#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES, after_long_help = format!("{RUN_EXAMPLES}\n\n{}", exit_code::TABLE))]
pub(super) struct RunArguments {
    /// The definition, in the Amazon States Language (JSON or YAML), or an artifact of `aslx compile`
    pub(super) definition: PathBuf,

    /// NDJSON files; `-` or nothing is standard input
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,

    /// Take the inputs from the dead letters in FILE, or `-`
    ///
    /// FILE holds what an earlier run wrote to --failures. Each record's input is executed; what fails again is
    /// written with the source and line of the first time. A line that was not JSON is tried again as the record
    /// has it; a line that was over --line-bytes-max is read again from its source.
    #[arg(long, value_name = "FILE", conflicts_with = "inputs")]
    pub(super) replay: Option<PathBuf>,

    /// Write outputs to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Write failed executions to FILE instead of standard error
    #[arg(long, value_name = "FILE")]
    pub(super) failures: Option<PathBuf>,

    /// Write one line per input line, failed or not: {"status","output"} or {"status","error","cause","state"}
    #[arg(long)]
    pub(super) envelope: bool,

    /// Write outputs as executions end, not in the order of the input
    #[arg(long)]
    pub(super) unordered: bool,

    /// Note in FILE how far the run is; after a crash the same command goes on from there
    ///
    /// No output is lost or written twice; tasks of lines whose output was not on disk yet are asked again. INPUT,
    /// -o and --failures must be files. Once a second and at the end they are synced and FILE is replaced. Inputs
    /// may grow meanwhile; definition, options and seed must stay the same. Delete FILE to start over.
    #[arg(long, value_name = "FILE")]
    pub(super) checkpoint: Option<PathBuf>,

    /// Least time between two checkpoints; for tests [default: 1000]
    #[arg(long, value_name = "MS", requires = "checkpoint", hide = true)]
    pub(super) checkpoint_interval_ms: Option<u64>,

    /// Threads that execute [default: one per core]
    #[arg(long, value_name = "N")]
    pub(super) workers: Option<NonZeroUsize>,

    /// Executions that may be under way at once, waiting ones included
    #[arg(long, value_name = "N")]
    pub(super) max_in_flight: Option<NonZeroU32>,

    #[command(flatten)]
    pub(super) execution: ExecutionArguments,

    /// Largest input, output or result of a state, in bytes; `none` for no limit [default: 262144]
    #[arg(long, value_name = "N|none")]
    pub(super) payload_bytes_max: Option<ByteLimit>,

    /// Longest input line, in bytes [default: 16777216]
    #[arg(long, value_name = "N")]
    pub(super) line_bytes_max: Option<u32>,

    /// Serve Prometheus metrics while the run lasts; on the loopback interface unless ADDR is given
    #[arg(long, value_name = "[ADDR:]PORT")]
    pub(super) metrics: Option<MetricsAddress>,

    /// No progress bar, no summary, and nothing of what programs behind tasks log
    #[arg(short, long)]
    pub(super) quiet: bool,
}

const RUN_EXAMPLES: &str = "\
Examples:
  aslx run order.asl.json orders.ndjson --tasks tasks.toml -o done.ndjson --failures failed.ndjson
  zcat orders.ndjson.gz | aslx run route.asl.json > routed.ndjson
  aslx run route.asl.json in.ndjson -o out.ndjson --failures bad.ndjson --checkpoint run.state";

/// Execute a definition once and show all of it
///
/// Prints what each state received and produced, and how the execution ended.
#[derive(Debug, Args)]
#[command(after_help = EXEC_EXAMPLES, after_long_help = format!("{EXEC_EXAMPLES}\n\n{}", exit_code::TABLE))]
pub(super) struct ExecArguments {
    /// The definition, in the Amazon States Language (JSON or YAML), or an artifact of `aslx compile`
    pub(super) definition: PathBuf,

    /// The execution's input: a file, or JSON text, or `-` for standard input [default: {}]
    #[arg(long, value_name = "JSON|FILE|-")]
    pub(super) input: Option<String>,

    /// Name of the execution, as $$.Execution.Name shows it
    #[arg(long, value_name = "NAME")]
    pub(super) execution_name: Option<String>,

    #[command(flatten)]
    pub(super) execution: ExecutionArguments,

    /// Time at which the execution starts [default: now]
    #[arg(long, value_name = "RFC3339")]
    pub(super) clock_start: Option<String>,

    /// Show every event of the history; with --json, list events and states that were visited
    #[arg(long)]
    pub(super) trace: bool,

    /// Print one JSON object instead of text
    #[arg(long)]
    pub(super) json: bool,
}

const EXEC_EXAMPLES: &str = "\
Examples:
  aslx exec order.asl.json --input order.json --tasks tasks.toml
  aslx exec order.asl.json --input '{\"orderId\":1}' --mock-config mocks.json --test-case HappyPath
  aslx exec order.asl.json --input order.json --tasks tasks.toml --clock virtual --json --trace";

/// How a definition is read.
#[derive(Debug, Args)]
pub(super) struct TextArguments {
    /// Fill in ${NAME} placeholders: one value, or a JSON or YAML file with an object of names and values; repeatable
    #[arg(long, value_name = "FILE|NAME=VALUE")]
    pub(super) substitutions: Vec<String>,

    /// How definitions are written [default: yaml for .yaml and .yml, else json]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<FormatArgument>,
}

/// What `run`, `exec` and `bench` have in common.
#[derive(Debug, Args)]
pub(super) struct ExecutionArguments {
    #[command(flatten)]
    pub(super) text: TextArguments,

    /// TOML file that says which handler answers which Resource
    #[arg(long, value_name = "FILE")]
    pub(super) tasks: Option<PathBuf>,

    /// Mock file of AWS Step Functions Local (MockConfigFile.json); its answers come before --tasks
    #[arg(long, value_name = "FILE", requires = "test_case")]
    pub(super) mock_config: Option<PathBuf>,

    /// Test case of the mock file to play
    #[arg(long, value_name = "NAME", requires = "mock_config")]
    pub(super) test_case: Option<String>,

    #[command(flatten)]
    pub(super) s3: S3Arguments,

    #[command(flatten)]
    pub(super) callback: CallbackArguments,

    /// Name of the state machine [default: that of an artifact, else the file's name without .asl.json]
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,

    /// Type of the state machine [default: that of an artifact, else express]
    #[arg(long = "type", value_enum, ignore_case = true, value_name = "TYPE")]
    pub(super) machine_type: Option<TypeArgument>,

    /// Clock: with a virtual one, waits, back-offs and timeouts take no time
    #[arg(long, value_enum, value_name = "CLOCK", default_value = "real")]
    pub(super) clock: ClockArgument,

    /// Seed of all randomness: jitter, States.MathRandom, States.UUID [default: another one every time]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    #[command(flatten)]
    pub(super) log: LogArguments,
}

/// Check definitions and show every problem with its place
///
/// Messages, codes and locations are those that AWS gives; findings of our own have codes like ASL101, and are warnings
/// unless the text cannot be read at all.
#[derive(Debug, Args)]
#[command(after_help = VALIDATE_EXAMPLES, after_long_help = format!("{VALIDATE_EXAMPLES}\n\n{}", exit_code::TABLE))]
pub(super) struct ValidateArguments {
    /// The definitions
    #[arg(value_name = "DEFINITION", required = true)]
    pub(super) definitions: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) text: TextArguments,

    /// Type of the state machine
    #[arg(long = "type", value_enum, ignore_case = true, value_name = "TYPE", default_value = "standard")]
    pub(super) machine_type: TypeArgument,

    /// Print one JSON object a definition instead of text
    #[arg(long)]
    pub(super) json: bool,
}

const VALIDATE_EXAMPLES: &str = "\
Examples:
  aslx validate order.asl.json refund.asl.yaml
  aslx validate order.asl.json --substitutions values.json --substitutions TableName=orders
  aslx validate *.asl.json --type express --json";

/// Run one state by itself, as AWS's TestState does, without AWS
///
/// The request is that of the TestState API: the state's definition (or a whole one, and stateName), its input, a mock
/// for what it would call. Where the API has JSON inside a string, the JSON itself may stand as well. Nothing is
/// called and nothing waits.
#[derive(Debug, Args)]
#[command(after_help = TEST_STATE_EXAMPLES, after_long_help = format!("{TEST_STATE_EXAMPLES}\n\n{}", exit_code::TABLE))]
pub(super) struct TestStateArguments {
    /// The request: a file, or JSON text, or `-` for standard input
    #[arg(long, value_name = "JSON|FILE|-")]
    pub(super) request: String,

    /// Print the API's answer, or its error {"__type","message"}, as one JSON object; data in it are JSON, not strings
    #[arg(long)]
    pub(super) json: bool,
}

const TEST_STATE_EXAMPLES: &str = "\
Examples:
  aslx test-state --request '{\"definition\":{\"Type\":\"Pass\",\"End\":true},\"input\":{\"a\":1}}'
  aslx test-state --request charge-card.json --json";

/// Evaluate one expression
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("source").required(true), after_help = EVAL_EXAMPLES)]
pub(super) struct EvalArguments {
    /// Language of the expression
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(super) language: LanguageArgument,

    /// The expression
    #[arg(long, value_name = "E", group = "source", allow_hyphen_values = true)]
    pub(super) expression: Option<String>,

    /// A file that holds the expression
    #[arg(long, value_name = "FILE", group = "source")]
    pub(super) expression_file: Option<PathBuf>,

    /// What `$` stands for: a file, or JSON text, or `-` for standard input [default: undefined]
    #[arg(long, value_name = "JSON|FILE|-")]
    pub(super) input: Option<String>,

    /// Variables: a file with an object, or its JSON text
    #[arg(long, value_name = "JSON|FILE")]
    pub(super) bindings: Option<String>,

    /// Evaluate a `{% ... %}` string of JSONata as a state would: the input is `$states.input`, and undefined is an error
    #[arg(long)]
    pub(super) asl: bool,

    /// What `$states.context` is: a file, or JSON text [default: {}]
    #[arg(long, value_name = "JSON|FILE", requires = "asl")]
    pub(super) context: Option<String>,

    /// Print {"result":...}, {} where there is none, or {"error":{"code","message","position"}}
    #[arg(long)]
    pub(super) json: bool,
}

const EVAL_EXAMPLES: &str = "\
Examples:
  aslx eval --language jsonpath --expression '$.items[*].sku' --input order.json
  aslx eval --language intrinsic --expression \"States.Format('{}-{}', $.a, 7)\" --input '{\"a\":1}'
  aslx eval --language jsonata --expression '$sum(items.(price * quantity))' --input order.json
  aslx eval --language jsonata --asl --expression '{% $states.input.items[0].sku %}' --input order.json";

/// Compile a definition to an artifact, which loads faster than the definition
///
/// An artifact can stand wherever a definition does: run, exec, disassemble. It is checked in full when it is loaded,
/// and belongs to the version of aslx that made it: other versions refuse it and ask for it to be compiled again.
#[derive(Debug, Args)]
#[command(after_help = COMPILE_EXAMPLES, after_long_help = format!("{COMPILE_EXAMPLES}\n\n{}", exit_code::TABLE))]
pub(super) struct CompileArguments {
    /// The definition, in the Amazon States Language (JSON or YAML)
    pub(super) definition: PathBuf,

    #[command(flatten)]
    pub(super) text: TextArguments,

    /// Write the artifact to FILE; `-` is standard output, which must not be a terminal
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,

    /// Name of the state machine, kept in the artifact [default: the file's name without .asl.json]
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,

    /// Type of the state machine, kept in the artifact
    #[arg(long = "type", value_enum, ignore_case = true, value_name = "TYPE", default_value = "express")]
    pub(super) machine_type: TypeArgument,
}

const COMPILE_EXAMPLES: &str = "\
Examples:
  aslx compile order.asl.json -o order.aslx
  aslx run order.aslx orders.ndjson --tasks tasks.toml";

/// Show the bytecode of a definition
#[derive(Debug, Args)]
pub(super) struct DisassembleArguments {
    /// The definition, in the Amazon States Language (JSON or YAML), or an artifact of `aslx compile`
    pub(super) definition: PathBuf,

    #[command(flatten)]
    pub(super) text: TextArguments,

    /// Type of the state machine [default: that of an artifact, else express]
    #[arg(long = "type", value_enum, ignore_case = true, value_name = "TYPE")]
    pub(super) machine_type: Option<TypeArgument>,
}

/// Write a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  aslx completions bash > ~/.local/share/bash-completion/completions/aslx
  aslx completions fish > ~/.config/fish/completions/aslx.fish";

/// Write the manual page, of aslx or of one of its commands
#[derive(Debug, Args)]
#[command(after_help = MAN_EXAMPLES)]
pub(super) struct ManArguments {
    /// The command; without it, the page of aslx itself
    pub(super) command: Option<String>,
}

const MAN_EXAMPLES: &str = "\
Examples:
  aslx man > ~/.local/share/man/man1/aslx.1
  aslx man run > ~/.local/share/man/man1/aslx-run.1";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TypeArgument {
    Standard,
    Express,
}

impl From<TypeArgument> for MachineType {
    fn from(argument: TypeArgument) -> Self {
        match argument {
            TypeArgument::Standard => Self::Standard,
            TypeArgument::Express => Self::Express,
        }
    }
}

impl From<MachineType> for TypeArgument {
    fn from(machine_type: MachineType) -> Self {
        match machine_type {
            MachineType::Standard => Self::Standard,
            MachineType::Express => Self::Express,
        }
    }
}

/// As it is typed.
impl fmt::Display for TypeArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standard => "standard",
            Self::Express => "express",
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArgument {
    Json,
    Yaml,
}

impl From<FormatArgument> for TextFormat {
    fn from(argument: FormatArgument) -> Self {
        match argument {
            FormatArgument::Json => Self::Json,
            FormatArgument::Yaml => Self::Yaml,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ClockArgument {
    Real,
    Virtual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageArgument {
    Jsonpath,
    Intrinsic,
    Jsonata,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn clap_finds_no_contradiction() {
        Arguments::command().debug_assert();
    }
}

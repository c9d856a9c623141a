//! The documented exit codes.

use std::process::ExitCode;

/// How the program ends; scripts depend on the numbers. Of several outcomes the greatest is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ExitStatus {
    /// All well.
    Success = 0,
    /// At least one execution failed, or a definition or expression did not pass.
    Failed = 1,
    /// A command line, definition, task file or mock file that cannot be used.
    Unusable = 2,
    /// Input could not be read or output could not be written; what was written is whole lines.
    InputOutput = 3,
    /// Interrupted; what was running was finished first.
    Interrupted = 130,
}

/// The table as `--help` shows it.
pub(super) const TABLE: &str = "\
Exit codes:
    0  all well
    1  at least one execution failed, or a definition did not pass
    2  wrong usage, or a definition, task file or mock file that cannot be used
    3  input or output failed; what was written before is whole lines
  130  interrupted; running executions were finished first";

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_table() {
        use ExitStatus::{Failed, InputOutput, Interrupted, Success, Unusable};
        let numbers: Vec<u8> = TABLE
            .lines()
            .skip(1)
            .map(|line| line.split_whitespace().next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(numbers, [Success, Failed, Unusable, InputOutput, Interrupted].map(|status| status as u8));
    }
}

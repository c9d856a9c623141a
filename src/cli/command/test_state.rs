//! `aslx test-state`: one state by itself.

use std::fmt::Write as _;

use crate::{
    cli::{
        args::TestStateArguments, config::random_seed, error::CliError, exit_code::ExitStatus, file, output,
    },
    executor::{Clock, SystemClock},
    limits::Limits,
    test_state::{self, DataForm, Refusal, TestAnswer, TestOptions, TestRequest, TestStatus},
};

/// Runs the state that a request describes and tells what it made of its input.
pub(in crate::cli) fn test_state(arguments: &TestStateArguments) -> Result<ExitStatus, CliError> {
    let request = file::read_json("--request", &arguments.request, &Limits::default())?;
    let options = TestOptions::new(SystemClock::new().now(), random_seed());
    let answer = TestRequest::from_document(&request).and_then(|request| test_state::run(&request, &options));
    match answer {
        Ok(answer) => tell(&answer, arguments.json),
        Err(refusal) => refuse(&refusal, arguments.json),
    }
}

fn tell(answer: &TestAnswer, as_json: bool) -> Result<ExitStatus, CliError> {
    let text = if as_json { answer.to_json(DataForm::Value) + "\n" } else { story(answer) };
    output::print(text.as_bytes())?;
    Ok(match answer.status {
        TestStatus::Succeeded | TestStatus::CaughtError => ExitStatus::Success,
        _ => ExitStatus::Failed,
    })
}

fn refuse(refusal: &Refusal, as_json: bool) -> Result<ExitStatus, CliError> {
    if !as_json {
        return Err(CliError::unusable(format_args!("{}: {refusal}", refusal.kind.as_str())));
    }
    output::print(format!("{}\n", refusal.to_json()).as_bytes())?;
    Ok(ExitStatus::Unusable)
}

/// The data step by step, then how it ended.
fn story(answer: &TestAnswer) -> String {
    let mut lines: Vec<(String, &str)> = Vec::new();
    if let Some(inspection) = &answer.inspection {
        lines.push(("input".to_owned(), &inspection.input));
        for (aspect, value) in &inspection.steps {
            lines.push((aspect.as_str().unwrap_or_default().to_owned(), value));
        }
        if let Some(variables) = &inspection.variables {
            lines.push(("variables".to_owned(), variables));
        }
    }
    let end = [
        ("output", &answer.output),
        ("error", &answer.error),
        ("cause", &answer.cause),
        ("next state", &answer.next_state),
    ];
    for (what, text) in end {
        lines.extend(text.as_ref().map(|text| (what.to_owned(), text.as_str())));
    }
    let width = lines.iter().map(|(what, _)| what.len()).max().unwrap_or_default();
    let mut out = format!("{}\n", answer.status.as_str());
    for (what, text) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {what:width$}  {text}");
    }
    if let Some(details) = answer.inspection.as_ref().and_then(|inspection| inspection.error_details) {
        if let Some(index) = details.retry_index {
            let _ = match details.retry_backoff_interval_seconds {
                Some(seconds) => writeln!(out, "  Retry[{index}] starts it again in {seconds} s"),
                None => writeln!(out, "  Retry[{index}] has no attempts left"),
            };
        }
        if let Some(index) = details.catch_index {
            let _ = writeln!(out, "  Catch[{index}] takes the error");
        }
    }
    out
}

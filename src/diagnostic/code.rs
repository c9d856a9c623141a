//! The registry of codes. Append only: a code that was ever printed keeps its meaning.

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition is refused.
    Error,
    /// The definition is accepted.
    Warning,
}

impl Severity {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
        }
    }
}

/// What kind of finding it is.
///
/// Errors about definitions bear AWS's names (`ValidateStateMachineDefinition`). Findings that AWS does not have are
/// numbered: `ASL1xx` for definitions, `COMP5xx` for what the compiler refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The text is not JSON.
    InvalidJsonDescription,
    /// A field is missing, unknown, or has a value of the wrong kind.
    SchemaValidationFailed,
    /// A `Next`, `Default` or `StartAt` names no state beside it, or nothing leads to a state.
    MissingTransitionTarget,
    /// No state of a workflow ends it.
    MissingEndState,
    /// Two states of a machine have one name.
    DuplicateStateName,
    /// A `{% %}` that is not a `JSONata` expression.
    InvalidJsonataExpression,
    /// A `JSONata` expression that Step Functions refuses.
    UnsupportedJsonataExpression,
    /// A template's key lacks the `.$` that would make its value a path or an intrinsic function (AWS's warning).
    NoDollar,
    /// `ASL101`: a `${Name}` placeholder that somebody else has to fill in.
    SubstitutionPlaceholder,
    /// `ASL102`: a Choice state without `Default`.
    ChoiceWithoutDefault,
    /// `ASL103`: a retrier or catcher whose errors an earlier one takes.
    UnreachableErrorHandler,
    /// `ASL104`: a field that only a Distributed Map uses.
    InlineMapIgnoresField,
    /// `ASL105`: a member that is written twice; the last one counts.
    RepeatedMember,
    /// `ASL106`: a string that holds `{%` or `%}` but is not an expression as a whole.
    PartialExpression,
    /// A state's name is empty or too long.
    InvalidStateName,
    /// A Map's label is too long or holds a character that it must not.
    InvalidLabelName,
    /// Two Map states have one label.
    DuplicateLabelName,
    /// Workflows or conditions are nested too deeply.
    TooDeeplyNested,
    /// `Assign` to `states`, which is Step Functions' own.
    ReservedVariableName,
    /// `Assign` to something that is no identifier.
    InvalidVariableName,
    /// A value looks like a path, but only the field's `...Path` form takes one (AWS's warning).
    NoPath,
    /// `.$` keys in a Pass state's `Result` (AWS's warning).
    PassResultIsStatic,
    /// `ASL107`: a Resource that only a local handler could answer.
    ForeignResource,
    /// `ASL108`: a `StringMatches` pattern that fails when it is reached.
    InvalidPattern,
    /// `ASL109`: an error name in `ErrorEquals` that nothing reports.
    UnknownErrorName,
    /// `ASL110`: there are more findings than are listed.
    FindingsCut,
    /// `ASL111`: a comment in JSON, which AWS does not take.
    Comment,
    /// `ASL112`: a substitution whose placeholder is nowhere in the definition.
    UnusedSubstitution,
    /// `ASL113`: a path to something that no state before can have produced.
    ImpossiblePath,
    /// `ASL114`: a variable that no state before assigns.
    UnassignedVariable,
    /// `ASL115`: a retrier or catcher whose errors are never reported where it stands.
    NeverMatchingHandler,
    /// `ASL116`: the text is not YAML, or says what JSON cannot say.
    InvalidYaml,
    /// `ASL117`: a member of `$states` that is not there in this field.
    AbsentStatesMember,
    /// `ASL118`: a call of a function that does not exist.
    UnknownFunction,
    /// `COMP501`: something valid that this version cannot run yet.
    NotCompiled,
    /// `COMP502`: a definition too large for the program's number ranges.
    ProgramTooLarge,
    /// `COMP503`: a placeholder stands where a value is needed to run.
    UnfilledPlaceholder,
}

impl Code {
    /// Every code, in the order of the registry.
    pub const ALL: [Self; 37] = [
        Self::InvalidJsonDescription,
        Self::SchemaValidationFailed,
        Self::MissingTransitionTarget,
        Self::MissingEndState,
        Self::DuplicateStateName,
        Self::InvalidJsonataExpression,
        Self::UnsupportedJsonataExpression,
        Self::NoDollar,
        Self::SubstitutionPlaceholder,
        Self::ChoiceWithoutDefault,
        Self::UnreachableErrorHandler,
        Self::InlineMapIgnoresField,
        Self::RepeatedMember,
        Self::PartialExpression,
        Self::InvalidStateName,
        Self::InvalidLabelName,
        Self::DuplicateLabelName,
        Self::TooDeeplyNested,
        Self::ReservedVariableName,
        Self::InvalidVariableName,
        Self::NoPath,
        Self::PassResultIsStatic,
        Self::ForeignResource,
        Self::InvalidPattern,
        Self::UnknownErrorName,
        Self::FindingsCut,
        Self::Comment,
        Self::UnusedSubstitution,
        Self::ImpossiblePath,
        Self::UnassignedVariable,
        Self::NeverMatchingHandler,
        Self::InvalidYaml,
        Self::AbsentStatesMember,
        Self::UnknownFunction,
        Self::NotCompiled,
        Self::ProgramTooLarge,
        Self::UnfilledPlaceholder,
    ];

    /// The code as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidJsonDescription => "INVALID_JSON_DESCRIPTION",
            Self::SchemaValidationFailed => "SCHEMA_VALIDATION_FAILED",
            Self::MissingTransitionTarget => "MISSING_TRANSITION_TARGET",
            Self::MissingEndState => "MISSING_END_STATE",
            Self::DuplicateStateName => "DUPLICATE_STATE_NAME",
            Self::InvalidJsonataExpression => "INVALID_JSONATA_EXPRESSION",
            Self::UnsupportedJsonataExpression => "UNSUPPORTED_JSONATA_EXPRESSION",
            Self::NoDollar => "NO_DOLLAR",
            Self::SubstitutionPlaceholder => "ASL101",
            Self::ChoiceWithoutDefault => "ASL102",
            Self::UnreachableErrorHandler => "ASL103",
            Self::InlineMapIgnoresField => "ASL104",
            Self::RepeatedMember => "ASL105",
            Self::PartialExpression => "ASL106",
            Self::InvalidStateName => "INVALID_STATE_NAME",
            Self::InvalidLabelName => "INVALID_LABEL_NAME",
            Self::DuplicateLabelName => "DUPLICATE_LABEL_NAME",
            Self::TooDeeplyNested => "TOO_DEEPLY_NESTED",
            Self::ReservedVariableName => "RESERVED_VARIABLE_NAME",
            Self::InvalidVariableName => "INVALID_VARIABLE_NAME",
            Self::NoPath => "NO_PATH",
            Self::PassResultIsStatic => "PASS_RESULT_IS_STATIC",
            Self::ForeignResource => "ASL107",
            Self::InvalidPattern => "ASL108",
            Self::UnknownErrorName => "ASL109",
            Self::FindingsCut => "ASL110",
            Self::Comment => "ASL111",
            Self::UnusedSubstitution => "ASL112",
            Self::ImpossiblePath => "ASL113",
            Self::UnassignedVariable => "ASL114",
            Self::NeverMatchingHandler => "ASL115",
            Self::InvalidYaml => "ASL116",
            Self::AbsentStatesMember => "ASL117",
            Self::UnknownFunction => "ASL118",
            Self::NotCompiled => "COMP501",
            Self::ProgramTooLarge => "COMP502",
            Self::UnfilledPlaceholder => "COMP503",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_distinct() {
        for (index, code) in Code::ALL.iter().enumerate() {
            for other in &Code::ALL[index + 1..] {
                assert_ne!(code.as_str(), other.as_str());
            }
        }
    }
}

//! The request, as AWS's API model has it.

/// What is to be tested. Members that hold JSON hold it as text, as the API's do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TestRequest {
    /// One state, or a whole machine if `state_name` says which state of it.
    pub definition: String,
    /// The state's name in a machine; nested states are found too.
    pub state_name: Option<String>,
    /// The role: a Task without a mock needs one.
    pub role_arn: Option<String>,
    /// The state's input (`{}`).
    pub input: Option<String>,
    /// How much to tell.
    pub inspection_level: InspectionLevel,
    /// Whether to show what an HTTP Task's connection adds.
    pub reveal_secrets: bool,
    /// An object: the variables that the state finds.
    pub variables: Option<String>,
    /// What to answer in the place of what the state would call or run.
    pub mock: Option<Mock>,
    /// The Context Object (one is made up).
    pub context: Option<String>,
    /// In which situation the state is.
    pub state_configuration: StateConfiguration,
}

/// How much an answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InspectionLevel {
    /// `INFO`: status, output, error, next state.
    #[default]
    Info,
    /// `DEBUG`: the data after every step too.
    Debug,
    /// `TRACE`: an HTTP Task's request and response too.
    Trace,
}

/// What is answered instead of a service, of iterations or of branches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Mock {
    /// The result.
    pub result: Option<String>,
    /// The error.
    pub error_output: Option<MockError>,
    /// How the result is checked against the service's API.
    pub field_validation_mode: FieldValidationMode,
}

/// A mocked error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MockError {
    /// Its name.
    pub error: Option<String>,
    /// Its cause.
    pub cause: Option<String>,
}

/// How a mocked result is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldValidationMode {
    /// `STRICT`: fields that are required must be there, those that are there must fit.
    #[default]
    Strict,
    /// `PRESENT`: fields that are there must fit.
    Present,
    /// `NONE`.
    None,
}

/// The situation of the state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct StateConfiguration {
    /// Retries that the retrier for the mocked error has made before.
    pub retrier_retry_count: Option<u32>,
    /// The state inside a Map or Parallel that the mocked error comes from.
    pub error_caused_by_state: Option<String>,
    /// Iterations of a Map that have failed.
    pub map_iteration_failure_count: Option<u32>,
    /// What a Map's `ItemReader` has read.
    pub map_item_reader_data: Option<String>,
}

impl TestRequest {
    /// A request for a state's definition, and nothing else.
    pub fn new(definition: impl Into<String>) -> Self {
        Self { definition: definition.into(), ..Self::default() }
    }
}

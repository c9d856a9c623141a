//! Failures of the functions over text, as errors.

use crate::jsonata::error::Error;
use crate::jsonata::picture::Failure;

impl From<Failure> for Error {
    #[cold]
    fn from(failure: Failure) -> Self {
        let Failure { code, value, other } = failure;
        let error = Self::new(code);
        match code {
            "T0410" => match value.parse() {
                Ok(index) => error.index(index),
                Err(_) => error,
            },
            "D3061" => error.value(value).second_value(other),
            "D3140" => error.value(value).text(other),
            _ if value.is_empty() => error,
            _ => error.value(value),
        }
    }
}

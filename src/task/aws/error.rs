//! What failed requests are called.

use super::service::Service;
use crate::json::Document;
use crate::task::TaskError;
use crate::task::http::{HttpFailure, HttpResponse, NESTING_DEPTH_MAX, error_code, header, text_member};

/// What a service says of an error.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ServiceError {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    /// In the body, where the service says it there.
    pub(super) request_id: Option<String>,
}

impl ServiceError {
    /// Out of a JSON body.
    pub(super) fn from_json(response: &HttpResponse) -> Self {
        let document = Document::parse(response.body.as_slice(), NESTING_DEPTH_MAX).ok();
        let member = |key: &str| document.as_ref().and_then(|document| text_member(document.doc(), key));
        Self {
            code: error_code(&response.headers, member("__type").or_else(|| member("code"))),
            message: member("message").or_else(|| member("Message")),
            request_id: None,
        }
    }

    /// The error as the state sees it.
    pub(super) fn into_task_error(self, service: &Service, response: &HttpResponse) -> TaskError {
        let status = response.status.as_u16();
        let code = self.code.unwrap_or_else(|| status.to_string());
        let message = self.message.unwrap_or_else(|| "null".to_owned());
        let id = request_id(response).map(str::to_owned).or(self.request_id);
        let id = id.unwrap_or_else(|| "null".to_owned());
        let cause = if let Some((name, _)) = service.optimised {
            format!(
                "{message} (Service: {name}; Status Code: {status}; Error Code: {code}; Request ID: {id}; Proxy: null)"
            )
        } else {
            let extended = header(&response.headers, "x-amz-id-2");
            let extended = extended.map_or(String::new(), |id| format!(", Extended Request ID: {id}"));
            let service = service.prefix;
            format!(
                "{message} (Service: {service}, Status Code: {status}, Request ID: {id}{extended}) (SDK Attempt Count: 1)"
            )
        };
        TaskError::new(service.error_name(&code), cause)
    }
}

/// The id that a service gave a request.
pub(super) fn request_id(response: &HttpResponse) -> Option<&str> {
    header(&response.headers, "x-amzn-requestid").or_else(|| header(&response.headers, "x-amz-request-id"))
}

/// The error of a request that had no response.
pub(super) fn without_response(failure: HttpFailure, service: &Service) -> TaskError {
    match failure {
        HttpFailure::Refused(_) | HttpFailure::TooLarge => failure.into_task_error(service.id),
        HttpFailure::TimedOut(_) | HttpFailure::Socket(_) => {
            let cause = format!("Unable to execute HTTP request: {failure}");
            TaskError::new(format!("{}.SdkClientException", service.prefix), cause)
        }
    }
}

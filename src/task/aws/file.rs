//! What task files say about AWS: `[aws]`, and handlers with settings of their own.

use std::sync::Arc;

use super::{AwsCredentials, AwsOptions, AwsServices};
use crate::task::http::HttpClient;
use crate::task::http::file::bounds;
use crate::task::settings::Settings;
use crate::task::{AsyncTaskHandler, FileError};

/// Where services are, as a table says: `region`, `endpoint`, `endpoints`.
#[derive(Debug, Clone, Default)]
pub(in crate::task) struct AwsFile {
    region: Option<String>,
    endpoint: Option<String>,
    endpoints: Vec<(String, String)>,
}

impl AwsFile {
    /// Reads the table `[aws]`.
    pub(in crate::task) fn new(settings: &Settings<'_, '_>) -> Result<Self, FileError> {
        let file = Self::default().with(settings)?;
        settings.finish()?;
        Ok(file)
    }

    /// The same, with what another table says instead.
    fn with(mut self, settings: &Settings<'_, '_>) -> Result<Self, FileError> {
        if let Some(region) = settings.string("region")? {
            self.region = Some(region.to_owned());
        }
        if let Some(endpoint) = settings.string("endpoint")? {
            self.endpoint = Some(endpoint.to_owned());
            self.endpoints.clear();
        }
        for (service, url) in settings.texts("endpoints")? {
            self.endpoints.insert(0, (service, url));
        }
        Ok(self)
    }

    /// `handler = "aws"` or `handler = { aws = { ... } }`
    pub(in crate::task) fn handler(
        &self,
        client: HttpClient,
        settings: Option<&Settings<'_, '_>>,
        error: impl Fn(String) -> FileError,
    ) -> Result<Arc<dyn AsyncTaskHandler>, FileError> {
        let (mut file, mut of_handler) = (self.clone(), None);
        if let Some(settings) = settings {
            file = file.with(settings)?;
            of_handler = Some(bounds(settings)?);
            settings.finish()?;
        }
        let credentials = AwsCredentials::load().map_err(|missing| error(missing.to_string()))?;
        let mut options =
            AwsOptions::new(credentials, file.region.unwrap_or_else(AwsOptions::default_region));
        if let Some(url) = &file.endpoint {
            options = options
                .endpoint(url)
                .map_err(|reason| error(format!("'endpoint' cannot be used: {reason}")))?;
        }
        for (service, url) in &file.endpoints {
            let refused = |reason| error(format!("the endpoint of '{service}' cannot be used: {reason}"));
            options = options.service_endpoint(service, url).map_err(refused)?;
        }
        if let Some(bounds) = of_handler {
            options = options.bounds(bounds);
        }
        Ok(Arc::new(AwsServices::new(client, options)))
    }
}

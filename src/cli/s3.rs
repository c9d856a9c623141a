//! `--s3-root` and what else can be S3.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;

use super::error::CliError;
use crate::map_run::{Folder, ObjectStore};
#[cfg(feature = "s3")]
use crate::map_run::{S3, S3Options};

/// What is S3 to Distributed Maps.
#[derive(Debug, Args)]
pub(super) struct S3Arguments {
    /// Folder that stands in for S3 in Distributed Maps: DIR/bucket/key
    #[arg(long = "s3-root", id = "s3_root", value_name = "DIR")]
    root: Option<PathBuf>,

    /// S3 itself for Distributed Maps, or what speaks like it at a URL; the environment has the credentials
    ///
    /// They are `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, if there is one, `AWS_SESSION_TOKEN`.
    #[cfg(feature = "s3")]
    #[arg(long = "s3-endpoint", id = "s3_endpoint", value_name = "aws|URL", conflicts_with = "s3_root")]
    endpoint: Option<String>,

    /// Region of --s3-endpoint [default: that of the environment, else us-east-1]
    ///
    /// The environment has it in `AWS_REGION` or `AWS_DEFAULT_REGION`.
    #[cfg(feature = "s3")]
    #[arg(long = "s3-region", id = "s3_region", value_name = "REGION", requires = "s3_endpoint")]
    region: Option<String>,
}

impl S3Arguments {
    /// What was asked for, if anything.
    pub(super) fn object_store(&self) -> Result<Option<Arc<dyn ObjectStore>>, CliError> {
        if let Some(path) = &self.root {
            return folder(path).map(Some);
        }
        #[cfg(feature = "s3")]
        if let Some(endpoint) = &self.endpoint {
            return self.endpoint(endpoint).map(Some);
        }
        Ok(None)
    }

    #[cfg(feature = "s3")]
    fn endpoint(&self, endpoint: &str) -> Result<Arc<dyn ObjectStore>, CliError> {
        let connect = || {
            let mut options = S3Options::from_env()?;
            if endpoint != "aws" {
                options = options.endpoint(endpoint)?;
            }
            if let Some(region) = &self.region {
                options = options.region(region)?;
            }
            S3::new(options)
        };
        match connect() {
            Ok(store) => Ok(Arc::new(store)),
            Err(error) => Err(CliError::unusable(format_args!("--s3-endpoint: {error}"))),
        }
    }
}

fn folder(path: &Path) -> Result<Arc<dyn ObjectStore>, CliError> {
    let folder = Folder::new(path);
    let unusable = |error| CliError::unusable(format_args!("--s3-root {}: {error}", path.display()));
    Ok(Arc::new(folder.map_err(unusable)?))
}

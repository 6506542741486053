//! Errors as clients see them.
//!
//! Purpose: every refusal is a status and a plain text, never JSON; the texts that clients match are written
//! once, here.
//! Limits: says nothing of causes; they are logged where they happen.

use http::StatusCode;

use crate::Meta;

/// A request that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct ApiError {
    status: StatusCode,
    text: String,
    meta: Option<Meta>,
}

impl ApiError {
    /// An error of any status.
    #[must_use]
    pub fn new(status: StatusCode, text: impl Into<String>) -> ApiError {
        ApiError { status, text: text.into(), meta: None }
    }

    /// 400: the request is wrong.
    #[must_use]
    pub fn bad_request(text: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::BAD_REQUEST, text)
    }

    /// 403: the token does not allow it.
    #[must_use]
    pub fn permission_denied() -> ApiError {
        ApiError::new(StatusCode::FORBIDDEN, "Permission denied")
    }

    /// 404 with the text that names what is missing, such as `job not found`.
    #[must_use]
    pub fn not_found(text: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, text)
    }

    /// 404 with an empty body: no route has this path.
    #[must_use]
    pub fn unknown_path() -> ApiError {
        ApiError::not_found("")
    }

    /// 404: the path begins like a route's but goes on differently.
    #[must_use]
    pub fn resource_not_found() -> ApiError {
        ApiError::not_found("resource not found")
    }

    /// 405: the path exists, the method does not.
    #[must_use]
    pub fn invalid_method() -> ApiError {
        ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Invalid method")
    }

    /// 500: everything else, including validation failures of a job.
    #[must_use]
    pub fn internal(text: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, text)
    }

    /// 500: nobody leads the region.
    #[must_use]
    pub fn no_leader() -> ApiError {
        ApiError::internal("No cluster leader")
    }

    /// 500: the region is not known here.
    #[must_use]
    pub fn no_region() -> ApiError {
        ApiError::internal("No path to region")
    }

    /// Adds the headers of a read: a missing job has an index too.
    #[must_use]
    pub fn with_meta(mut self, meta: Meta) -> ApiError {
        self.meta = Some(meta);
        self
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the headers of a read, if any.
    #[must_use]
    pub fn meta(&self) -> Option<&Meta> {
        self.meta.as_ref()
    }
}

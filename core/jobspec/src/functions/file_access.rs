//! How functions such as `file()` reach files: through whoever calls the parser.
//!
//! Limits: core does no I/O. The HTTP API passes no access at all, and these functions then fail.

/// Why a file function failed; shown to the user after the function's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FileAccessError(pub String);

/// Reads files for a job file; relative paths start where the command runs.
pub trait FileAccess {
    /// Returns the bytes of a file.
    ///
    /// # Errors
    /// Says why it cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, FileAccessError>;

    /// Says whether a regular file exists at the path.
    ///
    /// # Errors
    /// Says why that cannot be known, or that there is something else than a file.
    fn exists(&self, path: &str) -> Result<bool, FileAccessError>;

    /// Returns the paths of all regular files below a directory, relative to it, with `/` between names.
    ///
    /// # Errors
    /// Says why the directory cannot be listed.
    fn list(&self, directory: &str) -> Result<Vec<String>, FileAccessError>;

    /// Returns the path as an absolute path.
    ///
    /// # Errors
    /// Says why the working directory is not known.
    fn absolute(&self, path: &str) -> Result<String, FileAccessError>;

    /// Returns the home directory that a leading `~` stands for.
    ///
    /// # Errors
    /// Says why it is not known.
    fn home(&self) -> Result<String, FileAccessError>;
}

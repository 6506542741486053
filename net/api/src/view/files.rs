//! Files of allocations.

use super::view;

view! {
    /// A file or directory.
    FileInfo {
        /// Name.
        name: String,
        /// Whether it is a directory.
        is_dir: bool,
        /// Bytes.
        size: u64,
        /// Mode, such as `-rw-r--r--`.
        file_mode: String,
        /// Time of the last change, RFC 3339.
        mod_time: String,
        /// Media type, when it was asked for.
        content_type: String,
    }
}

//! Names of processor architectures.

/// Returns the name that jobs use for an architecture as the kernel calls it.
pub(crate) fn job_name(kernel_name: &str) -> &str {
    match kernel_name {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "i386" | "i686" => "386",
        "armv7l" | "armv6l" => "arm",
        other => other,
    }
}

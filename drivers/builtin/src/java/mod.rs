//! `java`: a class or a jar, run by the host's Java in the world of an `exec` task.
//!
//! Everything but the command line is `exec`'s: root, namespaces, rights, limits, user. The program is the `java` of the
//! task's `PATH`, within its root. Limits: a Java that was installed outside `chroot_env` is not found; the heap is the
//! job's to set (`-Xmx`), the limit of memory only kills.

mod config;
mod driver;
mod fingerprint;
#[cfg(test)]
mod tests;
mod version;

pub use driver::java;

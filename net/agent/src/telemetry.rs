//! Logs of the agent: to standard error, as text or JSON.

use tracing_subscriber::EnvFilter;

/// Starts logging; a second call changes nothing.
///
/// `level` is one of `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` and `OFF`, in any case.
pub fn start_logging(level: &str, json: bool) {
    // Libraries below only tell what is worth a warning, unless asked for.
    let level = level.to_lowercase();
    let quiet = if matches!(level.as_str(), "trace" | "debug") { "info" } else { "error" };
    let directives =
        format!("{level},openraft={quiet},quinn={quiet},quinn_proto={quiet},rustls={quiet},hyper={quiet}");
    let filter = EnvFilter::new(directives);
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // It fails when logging was started before, which is what a second dev cluster in one process does.
    let _ = if json { builder.json().try_init() } else { builder.try_init() };
}

//! Whether `java` may be used, and which one it is.

use driver::{Fingerprint, Health};

use super::version;
use crate::exec;

/// Returns the driver's state. The first answer may know the version only; who made it follows with the next, so that
/// an agent does not wait for a virtual machine when it starts.
pub(super) async fn fingerprint(name: &str) -> Fingerprint {
    let mut found = exec::fingerprint(name);
    if found.health != Health::Healthy {
        return found;
    }
    let Some(program) = version::find() else { return Fingerprint::undetected("no java in PATH") };
    let version = match version::quick(&program) {
        Some(version) => {
            if !version::has_answered(&program) {
                // Nobody waits for it: what fails now is tried again with the next fingerprint.
                tokio::spawn(async move { drop(version::ask(&program).await) });
            }
            version
        }
        None => match version::ask(&program).await {
            Ok(version) => version,
            Err(reason) => return Fingerprint::undetected(&reason),
        },
    };
    for (key, value) in [("version", version.version), ("runtime", version.runtime), ("vm", version.vm)] {
        if !value.is_empty() {
            found.attributes.insert(format!("driver.{name}.{key}"), value);
        }
    }
    found
}

//! The kernel.

use std::collections::BTreeMap;

/// Adds `kernel.*` and the host's name.
pub(crate) fn add(attributes: &mut BTreeMap<String, String>) {
    let names = rustix::system::uname();
    let mut put = |key: &str, value: String| attributes.insert(key.to_owned(), value);
    put("kernel.name", names.sysname().to_string_lossy().to_lowercase());
    put("kernel.version", names.release().to_string_lossy().into_owned());
    put("kernel.arch", names.machine().to_string_lossy().into_owned());
    put("unique.hostname", names.nodename().to_string_lossy().into_owned());
    if let Some(version) = sandbox::landlock::abi_version() {
        put("kernel.landlock", format!("v{version}"));
    }
}

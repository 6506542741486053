//! Name and operating system of the host.

use crate::sources::{Sources, read};

/// An operating system, as `os-release` describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OperatingSystem {
    /// Its id, `debian` for example.
    pub(crate) name: String,
    /// Its version, as precise as the host tells.
    pub(crate) version: String,
}

/// Reads the operating system of the host.
pub(crate) fn operating_system(sources: &Sources) -> OperatingSystem {
    let text = read(&sources.etc, "os-release").unwrap_or_default();
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.map(|value| value.trim_matches(['"', '\'']).to_owned())
    };
    let name = field("ID").unwrap_or_else(|| "linux".to_owned());
    // Debian's os-release has no minor version.
    let minor = read(&sources.etc, "debian_version")
        .filter(|version| name == "debian" && version.starts_with(|first: char| first.is_ascii_digit()));
    let version = minor.or_else(|| field("VERSION_ID")).unwrap_or_default();
    OperatingSystem { name, version }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn debian_tells_its_minor_version_apart() {
        let dir = tempfile::tempdir().expect("directory");
        let sources = Sources { etc: dir.path().to_path_buf(), ..Sources::default() };
        assert_eq!(operating_system(&sources).name, "linux");
        fs::write(dir.path().join("os-release"), "NAME=\"Debian\"\nVERSION_ID=\"12\"\nID=debian\n")
            .expect("file");
        assert_eq!(operating_system(&sources).version, "12");
        fs::write(dir.path().join("debian_version"), "12.11\n").expect("file");
        let found = operating_system(&sources);
        assert_eq!((found.name.as_str(), found.version.as_str()), ("debian", "12.11"));
        fs::write(dir.path().join("debian_version"), "trixie/sid\n").expect("file");
        assert_eq!(operating_system(&sources).version, "12");
    }
}

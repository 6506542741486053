//! The certificates of an agent: those of its `tls` block, or some of its own making.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use wire::ca::{CaRequest, ClusterCa, LeafRequest};
use wire::{Credentials, Region, Role, with_causes};

use crate::config::AgentConfig;
use crate::error::AgentError;

/// Where an agent without a `tls` block keeps the authority that it made for itself.
const OWN_CA: &str = "own-ca.pem";
const OWN_KEY: &str = "own-ca-key.pem";

/// The certificates that a configuration names; without a `tls` block those of an authority in the data
/// directory, which other agents do not know.
pub(crate) fn of_agent(
    config: &AgentConfig,
    role: Role,
    region: &Region,
    data_dir: &Path,
) -> Result<Credentials, AgentError> {
    if config.has_certificates() {
        let read = |path: &str| {
            fs::read_to_string(path).map_err(|source| AgentError::File { path: path.into(), source })
        };
        let tls = &config.tls;
        let (ca, cert, key) = (read(&tls.ca_file)?, read(&tls.cert_file)?, read(&tls.key_file)?);
        let credentials = Credentials::from_pem(&ca, &cert, &key).map_err(certificate_error)?;
        let identity = credentials.identity();
        if identity.role != role || identity.region != *region {
            return Err(AgentError::Certificates(format!(
                "{} belongs to {}, this agent is {}",
                tls.cert_file,
                identity.dns_name(),
                role.dns_name(region)
            )));
        }
        return Ok(credentials);
    }
    let ca = own_ca(data_dir)?;
    issue(&ca, role, region)
}

/// A certificate of an authority, for this process only.
pub(crate) fn issue(ca: &ClusterCa, role: Role, region: &Region) -> Result<Credentials, AgentError> {
    Credentials::issue(ca, &LeafRequest::new(role, region.clone()), SystemTime::now())
        .map_err(certificate_error)
}

/// A new authority that lives in memory.
pub(crate) fn new_ca() -> Result<ClusterCa, AgentError> {
    ClusterCa::create(&CaRequest::default(), SystemTime::now()).map_err(certificate_error)
}

fn own_ca(data_dir: &Path) -> Result<ClusterCa, AgentError> {
    let (cert, key) = (data_dir.join(OWN_CA), data_dir.join(OWN_KEY));
    if let (Ok(cert), Ok(key)) = (fs::read_to_string(&cert), fs::read_to_string(&key)) {
        return ClusterCa::load(&cert, &key).map_err(certificate_error);
    }
    let ca = new_ca()?;
    let pem = ca.to_pem();
    write_secret(&key, &pem.key_pem)?;
    write_secret(&cert, &pem.cert_pem)?;
    Ok(ca)
}

/// Writes a file that only its owner may read.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<(), AgentError> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let write = || {
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|source| AgentError::File { path: path.to_owned(), source })
}

fn certificate_error(error: impl std::error::Error + 'static) -> AgentError {
    AgentError::Certificates(with_causes(&error))
}

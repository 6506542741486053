//! A certificate described for people.
//!
//! Purpose: the fields that `nomadctl tls ca info` and `tls cert info` print.
//! Limits: reads the first certificate of a PEM text and verifies nothing.

use std::net::IpAddr;

use rustls_pki_types::{CertificateDer, pem::PemObject};
use x509_parser::extensions::GeneralName;
use x509_parser::x509::X509Name;

use super::CaError;

/// What a certificate says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertInfo {
    /// Serial number in decimal, as other tools print it.
    pub serial_number: String,
    /// Common name of the issuer.
    pub issuer_common_name: String,
    /// Common name of the holder.
    pub common_name: String,
    /// First second of validity, since the epoch.
    pub not_before_s: i64,
    /// Last second of validity, since the epoch.
    pub not_after_s: i64,
    /// DNS names it is good for.
    pub dns_names: Vec<String>,
    /// Addresses it is good for.
    pub addresses: Vec<IpAddr>,
    /// Domains that a CA may sign for; empty when it has no constraint.
    pub permitted_domains: Vec<String>,
    /// Whether it is a certificate authority.
    pub is_ca: bool,
}

impl CertInfo {
    /// Reads the first certificate of a PEM text.
    pub fn from_pem(pem: &str) -> Result<CertInfo, CaError> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| CaError::Read { reason: error.to_string() })?;
        let unreadable = |error: &dyn std::fmt::Display| CaError::Read { reason: error.to_string() };
        let (_, cert) = x509_parser::parse_x509_certificate(&der).map_err(|error| unreadable(&error))?;
        let san = cert.subject_alternative_name().map_err(|error| unreadable(&error))?;
        let names = san.as_ref().map(|san| san.value.general_names.as_slice()).unwrap_or_default();
        let constraints = cert.name_constraints().map_err(|error| unreadable(&error))?;
        let permitted = constraints.and_then(|constraint| constraint.value.permitted_subtrees.as_ref());
        Ok(CertInfo {
            serial_number: cert.serial.to_string(),
            issuer_common_name: common_name(cert.issuer()),
            common_name: common_name(cert.subject()),
            not_before_s: cert.validity().not_before.timestamp(),
            not_after_s: cert.validity().not_after.timestamp(),
            dns_names: names.iter().filter_map(dns_name).collect(),
            addresses: names.iter().filter_map(address).collect(),
            permitted_domains: permitted
                .into_iter()
                .flatten()
                .filter_map(|tree| dns_name(&tree.base))
                .collect(),
            is_ca: cert.is_ca(),
        })
    }
}

fn common_name(name: &X509Name<'_>) -> String {
    name.iter_common_name().next().and_then(|value| value.as_str().ok()).unwrap_or_default().to_owned()
}

fn dns_name(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(name) = name { Some((*name).to_owned()) } else { None }
}

fn address(name: &GeneralName<'_>) -> Option<IpAddr> {
    let GeneralName::IPAddress(bytes) = name else { return None };
    match bytes.len() {
        4 => <[u8; 4]>::try_from(*bytes).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(*bytes).ok().map(IpAddr::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::ca::{CaRequest, ClusterCa, LeafRequest};
    use crate::{Region, Role};

    const NOW: Duration = Duration::from_secs(1_800_000_000);

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + NOW
    }

    #[test]
    fn a_ca_says_what_it_may_sign_and_until_when() {
        let request = CaRequest {
            name_constraint: true,
            additional_domains: vec!["example.org".to_owned()],
            common_name: Some("Test CA".to_owned()),
            ..CaRequest::default()
        };
        let ca = ClusterCa::create(&request, now()).unwrap();
        let info = CertInfo::from_pem(ca.cert_pem()).unwrap();
        assert!(info.is_ca);
        assert_eq!(info.common_name, "Test CA");
        assert_eq!(info.issuer_common_name, "Test CA");
        assert_eq!(info.permitted_domains, ["nomad", "localhost", "example.org"]);
        assert_eq!(info.not_after_s, 1_800_000_000 + 1825 * 86_400);
        assert_eq!(info.not_before_s, 1_800_000_000 - 3_600);
    }

    #[test]
    fn a_leaf_carries_its_role_localhost_and_the_additional_names() {
        let ca = ClusterCa::create(&CaRequest::default(), now()).unwrap();
        let mut request = LeafRequest::new(Role::Server, Region::new("eu").unwrap());
        request.additional_dns_names.push("nomad.example.org".to_owned());
        request.additional_addresses.push("::1".parse().unwrap());
        let info = CertInfo::from_pem(&ca.issue(&request, now()).unwrap().cert_pem).unwrap();
        assert_eq!(info.dns_names, ["server.eu.nomad", "localhost", "nomad.example.org"]);
        assert_eq!(info.addresses, ["127.0.0.1".parse::<IpAddr>().unwrap(), "::1".parse().unwrap()]);
        assert!(!info.is_ca);
        assert_eq!(info.issuer_common_name, CertInfo::from_pem(ca.cert_pem()).unwrap().common_name);
    }

    #[test]
    fn a_loaded_ca_signs_like_the_one_that_was_created() {
        let pair = ClusterCa::create(&CaRequest::default(), now()).unwrap().to_pem();
        let loaded = ClusterCa::load(&pair.cert_pem, &pair.key_pem).unwrap();
        let leaf = loaded.issue(&LeafRequest::new(Role::Cli, Region::new("eu").unwrap()), now()).unwrap();
        let info = CertInfo::from_pem(&leaf.cert_pem).unwrap();
        assert_eq!(info.issuer_common_name, CertInfo::from_pem(&pair.cert_pem).unwrap().common_name);
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        assert!(CertInfo::from_pem("hello").is_err());
        assert!(ClusterCa::load("hello", "world").is_err());
        let zero_days = CaRequest { days: 0, ..CaRequest::default() };
        assert!(matches!(ClusterCa::create(&zero_days, now()), Err(CaError::Validity { days: 0 })));
    }

    #[test]
    fn debug_output_never_shows_a_key() {
        let ca = ClusterCa::create(&CaRequest::default(), now()).unwrap();
        assert!(!format!("{:?} {ca:?}", ca.to_pem()).contains("PRIVATE"));
    }
}

//! A certificate authority and its own certificate.
//!
//! Purpose: create or load a CA, and hold its key for signing (`leaf.rs`).
//! Limits: one self-signed certificate, no intermediates and no revocation lists.

use std::time::SystemTime;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, GeneralSubtree, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, NameConstraints, SerialNumber,
};
use time::{Duration, OffsetDateTime};

use super::{CaError, PemPair};

/// How long before its making a certificate is already valid, for clocks that disagree.
const CLOCK_SKEW: Duration = Duration::hours(1);
/// Longest validity in days (about 273 years): keeps the end inside what X.509 can express.
const MAX_DAYS: u32 = 100_000;

/// The name fields of a CA certificate; empty fields are left out.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// Two-letter country code (C).
    pub country: String,
    /// State or province (ST).
    pub province: String,
    /// City (L).
    pub locality: String,
    /// Organization (O).
    pub organization: String,
    /// Organizational unit (OU).
    pub organizational_unit: String,
    /// Street address.
    pub street_address: String,
    /// Postal code.
    pub postal_code: String,
}

/// What a new CA shall look like.
#[derive(Clone, Debug)]
pub struct CaRequest {
    /// Common name; `None` makes one from the serial number.
    pub common_name: Option<String>,
    /// Days from now until the CA expires.
    pub days: u32,
    /// Domain of the cluster, `nomad` by default. Used by the name constraint.
    pub domain: String,
    /// Further domains that the name constraint permits.
    pub additional_domains: Vec<String>,
    /// Lets the CA sign names of its domains and `localhost` only.
    pub name_constraint: bool,
    /// The other name fields.
    pub subject: Subject,
}

impl Default for CaRequest {
    fn default() -> CaRequest {
        CaRequest {
            common_name: None,
            days: 1825,
            domain: crate::role::DOMAIN.to_owned(),
            additional_domains: Vec::new(),
            name_constraint: false,
            subject: Subject::default(),
        }
    }
}

/// A certificate authority that can sign role certificates.
pub struct ClusterCa {
    pub(super) issuer: Issuer<'static, KeyPair>,
    cert_pem: String,
}

impl ClusterCa {
    /// Makes a new CA, valid from `now` on.
    pub fn create(request: &CaRequest, now: SystemTime) -> Result<ClusterCa, CaError> {
        let serial = fresh_serial()?;
        let common_name = request
            .common_name
            .clone()
            .unwrap_or_else(|| format!("nomadctl agent CA {}", serial_hex(&serial)));
        let failed = |source| CaError::Make { subject: common_name.clone(), source };

        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::default();
        (params.not_before, params.not_after) = validity(now, request.days)?;
        params.serial_number = Some(serial);
        params.distinguished_name = distinguished_name(&common_name, &request.subject);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        if request.name_constraint {
            params.name_constraints = Some(NameConstraints {
                permitted_subtrees: permitted_domains(request).map(GeneralSubtree::DnsName).collect(),
                excluded_subtrees: Vec::new(),
            });
        }
        let cert_pem = params.self_signed(&key).map_err(failed)?.pem();
        Ok(ClusterCa { issuer: Issuer::new(params, key), cert_pem })
    }

    /// Loads a CA from the texts that [`ClusterCa::create`] made (or another tool).
    pub fn load(cert_pem: &str, key_pem: &str) -> Result<ClusterCa, CaError> {
        let key = KeyPair::from_pem(key_pem).map_err(|source| CaError::Load { source })?;
        let issuer = Issuer::from_ca_cert_pem(cert_pem, key).map_err(|source| CaError::Load { source })?;
        Ok(ClusterCa { issuer, cert_pem: cert_pem.to_owned() })
    }

    /// Returns the CA's own certificate as PEM.
    #[must_use]
    pub fn cert_pem(&self) -> &str {
        &self.cert_pem
    }

    /// Returns certificate and key as PEM, for writing them to files.
    #[must_use]
    pub fn to_pem(&self) -> PemPair {
        PemPair { cert_pem: self.cert_pem.clone(), key_pem: self.issuer.key().serialize_pem() }
    }
}

impl std::fmt::Debug for ClusterCa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClusterCa").finish_non_exhaustive()
    }
}

/// Returns the begin and end of a certificate that is made `now`.
pub(super) fn validity(now: SystemTime, days: u32) -> Result<(OffsetDateTime, OffsetDateTime), CaError> {
    let now = OffsetDateTime::from(now);
    let end = now.checked_add(Duration::days(i64::from(days))).ok_or(CaError::Validity { days })?;
    if days == 0 || days > MAX_DAYS {
        return Err(CaError::Validity { days });
    }
    Ok((now - CLOCK_SKEW, end))
}

/// Draws a positive 128-bit serial number.
pub(super) fn fresh_serial() -> Result<SerialNumber, CaError> {
    let mut bytes = [0_u8; 16];
    rustls::crypto::aws_lc_rs::default_provider().secure_random.fill(&mut bytes).map_err(|_| {
        CaError::Make { subject: "a serial number".to_owned(), source: rcgen::Error::RingUnspecified }
    })?;
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn serial_hex(serial: &SerialNumber) -> String {
    serial.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn permitted_domains(request: &CaRequest) -> impl Iterator<Item = String> {
    let own = [request.domain.clone(), "localhost".to_owned()];
    own.into_iter().chain(request.additional_domains.iter().cloned())
}

fn distinguished_name(common_name: &str, subject: &Subject) -> DistinguishedName {
    let fields = [
        (DnType::CountryName, &subject.country),
        (DnType::CustomDnType(vec![2, 5, 4, 17]), &subject.postal_code),
        (DnType::StateOrProvinceName, &subject.province),
        (DnType::LocalityName, &subject.locality),
        (DnType::CustomDnType(vec![2, 5, 4, 9]), &subject.street_address),
        (DnType::OrganizationName, &subject.organization),
        (DnType::OrganizationalUnitName, &subject.organizational_unit),
    ];
    let mut name = DistinguishedName::new();
    for (kind, value) in fields {
        if !value.is_empty() {
            name.push(kind, value.as_str());
        }
    }
    name.push(DnType::CommonName, common_name);
    name
}

//! Role certificates: what servers, clients and command lines present.
//!
//! Purpose: sign a certificate named `ROLE.REGION.nomad`, with `localhost` and 127.0.0.1 for local use.
//! Limits: the caller decides who gets one; nothing is checked but the names' form.

use std::net::{IpAddr, Ipv4Addr};
use std::time::SystemTime;

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SanType};

use super::authority::{fresh_serial, validity};
use super::{CaError, ClusterCa};
use crate::{Region, Role};

/// A certificate and its private key as PEM texts.
#[derive(Clone)]
pub struct PemPair {
    /// The certificate.
    pub cert_pem: String,
    /// The private key (PKCS #8). Keep it secret.
    pub key_pem: String,
}

impl std::fmt::Debug for PemPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PemPair").field("cert_pem", &self.cert_pem).finish_non_exhaustive()
    }
}

/// What a new role certificate shall look like.
#[derive(Clone, Debug)]
pub struct LeafRequest {
    /// The holder's role.
    pub role: Role,
    /// The holder's region.
    pub region: Region,
    /// Days from now until it expires.
    pub days: u32,
    /// Domain of the first name, `nomad` by default. Agents accept `nomad` only.
    pub domain: String,
    /// Further DNS names.
    pub additional_dns_names: Vec<String>,
    /// Further addresses.
    pub additional_addresses: Vec<IpAddr>,
}

impl LeafRequest {
    /// A certificate with default names, valid for a year.
    #[must_use]
    pub fn new(role: Role, region: Region) -> LeafRequest {
        LeafRequest {
            role,
            region,
            days: 365,
            domain: crate::role::DOMAIN.to_owned(),
            additional_dns_names: Vec::new(),
            additional_addresses: Vec::new(),
        }
    }

    fn common_name(&self) -> String {
        format!("{}.{}.{}", self.role.label(), self.region, self.domain)
    }

    fn names(&self) -> impl Iterator<Item = String> {
        [self.common_name(), "localhost".to_owned()]
            .into_iter()
            .chain(self.additional_dns_names.iter().cloned())
    }

    fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        [IpAddr::V4(Ipv4Addr::LOCALHOST)].into_iter().chain(self.additional_addresses.iter().copied())
    }
}

impl ClusterCa {
    /// Signs a new role certificate, valid from `now` on.
    pub fn issue(&self, request: &LeafRequest, now: SystemTime) -> Result<PemPair, CaError> {
        let common_name = request.common_name();
        let failed = |source| CaError::Make { subject: common_name.clone(), source };

        let mut params = CertificateParams::default();
        (params.not_before, params.not_after) = validity(now, request.days)?;
        params.serial_number = Some(fresh_serial()?);
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name.as_str());
        for name in request.names() {
            params.subject_alt_names.push(SanType::DnsName(name.try_into().map_err(failed)?));
        }
        params.subject_alt_names.extend(request.addresses().map(SanType::IpAddress));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = match request.role {
            Role::Server | Role::Client => {
                vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth]
            }
            Role::Cli => vec![ExtendedKeyUsagePurpose::ClientAuth],
        };
        params.use_authority_key_identifier_extension = true;

        let key = KeyPair::generate().map_err(failed)?;
        let cert = params.signed_by(&key, &self.issuer).map_err(failed)?;
        Ok(PemPair { cert_pem: cert.pem(), key_pem: key.serialize_pem() })
    }
}

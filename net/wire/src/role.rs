//! Roles and regions: what a certificate says about its holder.
//!
//! Purpose: turn `server.<region>.nomad` into a [`Role`] and a [`Region`] and back.
//! Limits: says nothing about what a role may do; that is `admission`.

use std::fmt;

/// The domain that ends every role name.
pub(crate) const DOMAIN: &str = "nomad";

/// What kind of process holds a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A server agent: votes, schedules, forwards. An agent that is both server and client holds this one.
    Server,
    /// A client agent: runs tasks.
    Client,
    /// The command line. It is transport only and never replaces an ACL token.
    Cli,
}

impl Role {
    /// Every role, in the order in which names are tried.
    pub const ALL: [Role; 3] = [Role::Server, Role::Client, Role::Cli];

    /// Returns the first label of the role's certificate name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Role::Server => "server",
            Role::Client => "client",
            Role::Cli => "cli",
        }
    }

    /// Returns the certificate name of this role in a region, such as `server.global.nomad`.
    #[must_use]
    pub fn dns_name(self, region: &Region) -> String {
        format!("{}.{}.{DOMAIN}", self.label(), region.as_str())
    }

    /// Reads role and region from a certificate name; `None` for any other name.
    #[must_use]
    pub fn from_dns_name(name: &str) -> Option<(Role, Region)> {
        let name = name.to_ascii_lowercase();
        let inner = name.strip_suffix(DOMAIN)?.strip_suffix('.')?;
        let (label, region) = inner.split_once('.')?;
        let role = Role::ALL.into_iter().find(|role| role.label() == label)?;
        Some((role, Region::new(region).ok()?))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// The name of a region as certificates carry it: lower case, since DNS names have no case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

/// Why a text is no region name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RegionError {
    /// The name is empty or longer than [`Region::MAX_LEN`] bytes.
    #[error("a region name has 1 to {max} characters, this one has {len}", max = Region::MAX_LEN)]
    Length {
        /// Length of the refused name in bytes.
        len: usize,
    },
    /// The name holds a character that a certificate name cannot carry.
    #[error("region name {name:?} may hold letters, digits, '-', '_' and '.' only")]
    Character {
        /// The refused name.
        name: String,
    },
}

impl Region {
    /// Longest region name in bytes; a certificate name has 253 at most.
    pub const MAX_LEN: usize = 128;

    /// Checks and lower-cases a region name.
    pub fn new(name: &str) -> Result<Region, RegionError> {
        if name.is_empty() || name.len() > Region::MAX_LEN {
            return Err(RegionError::Length { len: name.len() });
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let labels_ok = name.split('.').all(|label| !label.is_empty() && label.len() <= 63);
        if !name.chars().all(plain) || !labels_ok {
            return Err(RegionError::Character { name: name.to_owned() });
        }
        Ok(Region(name.to_ascii_lowercase()))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;

    fn try_from(name: String) -> Result<Region, RegionError> {
        Region::new(&name)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> String {
        region.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_name_is_read_back_as_it_was_written() {
        for role in Role::ALL {
            let region = Region::new("eu-west.1").unwrap();
            assert_eq!(Role::from_dns_name(&role.dns_name(&region)), Some((role, region)));
        }
    }

    #[test]
    fn other_names_carry_no_role() {
        for name in [
            "localhost",
            "server.nomad",
            "nomad",
            "server..nomad",
            "voter.global.nomad",
            "server.global.nomads",
        ] {
            assert_eq!(Role::from_dns_name(name), None, "{name}");
        }
    }

    #[test]
    fn names_have_no_case() {
        let (role, region) = Role::from_dns_name("Server.EU.Nomad").unwrap();
        assert_eq!(role, Role::Server);
        assert_eq!(region, Region::new("eu").unwrap());
    }

    #[test]
    fn a_region_that_no_certificate_can_carry_is_refused() {
        assert_eq!(Region::new(""), Err(RegionError::Length { len: 0 }));
        for name in ["a b", "a/b", ".a", "a..b", "ü"] {
            assert_eq!(Region::new(name), Err(RegionError::Character { name: name.to_owned() }), "{name}");
        }
    }
}

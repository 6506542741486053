//! Identifiers: 16-byte `Copy` ids written as UUIDs, and interned names.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A shared, immutable piece of text: job ids, group names, node names.
pub type Name = Arc<str>;

/// Text that is no UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a UUID")]
pub struct ParseIdError(pub String);

fn format_uuid(value: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let hex = format!("{value:032x}");
    write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn parse_uuid(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    let dashes = [8, 13, 18, 23];
    if bytes.len() != 36 || dashes.iter().any(|&at| bytes[at] != b'-') {
        return None;
    }
    let digits: String = text.chars().filter(|&c| c != '-').collect();
    if digits.len() != 32 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(&digits, 16).ok()
}

/// Declares an id: 16 bytes, `Copy`, ordered, written as a UUID in JSON and as bytes in the compact form.
macro_rules! id {
    ($(#[doc = $doc:literal])* $name:ident) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u128);

        impl $name {
            /// The id that stands for none.
            pub const NONE: Self = Self(0);

            /// Whether this is [`Self::NONE`].
            #[must_use]
            pub const fn is_none(self) -> bool {
                self.0 == 0
            }

            /// The first eight digits, which people read.
            #[must_use]
            pub fn short(self) -> String {
                format!("{:08x}", self.0 >> 96)
            }

            /// The text that the API shows: empty for none.
            #[must_use]
            pub fn text(self) -> String {
                if self.is_none() { String::new() } else { self.to_string() }
            }

            /// Derives an id from others, the same on every host: no randomness of a thread is involved.
            #[must_use]
            pub fn derive(parts: &[u128]) -> Self {
                Self(crate::id::derive(parts))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                format_uuid(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                format_uuid(self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse_uuid(text).map(Self).ok_or_else(|| ParseIdError(text.to_owned()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0.to_be_bytes())
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = String::deserialize(deserializer)?;
                    if text.is_empty() {
                        return Ok(Self::NONE);
                    }
                    text.parse().map_err(serde::de::Error::custom)
                } else {
                    deserializer.deserialize_bytes(crate::id::IdBytes).map(Self)
                }
            }
        }
    };
}

id!(
    /// Names an allocation.
    AllocId
);
id!(
    /// Names an evaluation.
    EvalId
);
id!(
    /// Names a node: a client agent.
    NodeId
);
id!(
    /// Names a deployment.
    DeploymentId
);
id!(
    /// Proves that a node is the one that registered under its id. Never shown.
    SecretId
);

/// Reads the 16 bytes of an id in the compact form.
struct IdBytes;

impl serde::de::Visitor<'_> for IdBytes {
    type Value = u128;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the 16 bytes of an id")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<u128, E> {
        let bytes = bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))?;
        Ok(u128::from_be_bytes(bytes))
    }
}

/// Mixes `parts` into a version-4-shaped UUID: 128 bits of two rounds of SplitMix64 (Steele, Lea, Flood 2014)
/// over all parts and their positions.
fn derive(parts: &[u128]) -> u128 {
    let mut low = 0x9e37_79b9_7f4a_7c15_u64;
    let mut high = 0xd1b5_4a32_d192_ed03_u64;
    for (position, part) in (1_u64..).zip(parts) {
        #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed in")]
        let halves = [*part as u64, (*part >> 64) as u64];
        for half in halves {
            low = splitmix(low ^ half.wrapping_add(position));
            high = splitmix(high.rotate_left(23) ^ half ^ low);
        }
    }
    let mixed = (u128::from(high) << 64) | u128::from(low);
    let version = 0x4_u128 << 76;
    let variant = 0x2_u128 << 62;
    (mixed & !(0xf_u128 << 76) & !(0x3_u128 << 62)) | version | variant
}

/// One step of SplitMix64: a bijection of 64 bits whose outputs look random.
#[must_use]
pub const fn splitmix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What a job is known by inside a region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobKey {
    /// The namespace.
    pub namespace: Name,
    /// The job's id within it.
    pub id: Name,
}

impl JobKey {
    /// The key of job `id` in `namespace`.
    #[must_use]
    pub fn new(namespace: impl Into<Name>, id: impl Into<Name>) -> Self {
        Self { namespace: namespace.into(), id: id.into() }
    }
}

impl fmt::Display for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_and_parse_as_uuids() {
        let text = "4e879a97-08f1-1e13-5495-3c19386f3643";
        let id: AllocId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.short(), "4e879a97");
        assert!("4e879a97".parse::<AllocId>().is_err());
        assert!("4e879a9708f1-1e13-5495-3c19386f3643--".parse::<AllocId>().is_err());
    }

    #[test]
    fn derived_ids_depend_on_every_part_and_its_place() {
        let id = AllocId::derive(&[1, 2]);
        assert_eq!(id, AllocId::derive(&[1, 2]));
        assert_ne!(id, AllocId::derive(&[2, 1]));
        assert_ne!(id, AllocId::derive(&[1, 2, 0]));
        assert_eq!(id.to_string().as_bytes()[14], b'4');
    }
}

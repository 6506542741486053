//! Whose data directory this is: a small text file, written once, checked on every start.
//!
//! Limits: the file is at most 4 KiB; nothing else in the directory is read before it was accepted.

use std::fmt::Write as _;

use crate::disk::{Disk, read_all};
use crate::{OpenError, ServerId};

/// The format of everything in the data directory; format 0 may change until the first release.
pub const FORMAT: u32 = 0;

const FILE: &str = "IDENTITY";
const TMP: &str = "IDENTITY.tmp";
const MAX_BYTES: u64 = 4096;

/// What a data directory is: made once for one server of one cluster and region, and never again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The region it belongs to.
    pub region: String,
    /// The cluster it belongs to.
    pub cluster: String,
    /// A random number that was drawn when the directory was made.
    pub incarnation: u128,
}

impl Identity {
    /// Returns the id of the server whose directory this is.
    #[must_use]
    pub fn server_id(&self) -> ServerId {
        let id = (self.incarnation >> 64) as u64 ^ self.incarnation as u64;
        ServerId(id.max(1))
    }

    /// Reads the identity of `disk`, or makes one for `region` and `cluster` from `fresh` when the directory is new.
    pub(crate) async fn load(
        disk: &dyn Disk,
        region: &str,
        cluster: &str,
        fresh: u128,
    ) -> Result<Self, OpenError> {
        let names = disk.list().map_err(OpenError::io("list", "."))?;
        if names.iter().any(|name| name == FILE) {
            let identity = read(disk)?;
            return identity.check(region, cluster);
        }
        if let Some(stray) =
            names.iter().find(|name| name.starts_with("wal-") || name.starts_with("snapshot-"))
        {
            return Err(OpenError::corrupt(stray, 0, "the directory holds data but no IDENTITY"));
        }
        let identity = Self { region: region.to_owned(), cluster: cluster.to_owned(), incarnation: fresh };
        identity.save(disk).await.map_err(OpenError::io("write", FILE))?;
        Ok(identity)
    }

    fn check(self, region: &str, cluster: &str) -> Result<Self, OpenError> {
        if self.region != region {
            return Err(OpenError::Region { found: self.region, expected: region.to_owned() });
        }
        if self.cluster != cluster {
            return Err(OpenError::Cluster { found: self.cluster, expected: cluster.to_owned() });
        }
        Ok(self)
    }

    async fn save(&self, disk: &dyn Disk) -> std::io::Result<()> {
        let text = self.to_text();
        let file = disk.create(TMP, 0)?;
        file.write_at(text.as_bytes(), 0)?;
        file.sync().await?;
        disk.rename(TMP, FILE)?;
        disk.sync_dir().await
    }

    fn to_text(&self) -> String {
        let mut text = format!(
            "nomadctl raft {FORMAT}\nregion {}\ncluster {}\nincarnation {:032x}\n",
            self.region, self.cluster, self.incarnation
        );
        let crc = crc32fast::hash(text.as_bytes());
        writeln!(text, "crc {crc:08x}").expect("writing to a string cannot fail");
        text
    }
}

fn read(disk: &dyn Disk) -> Result<Identity, OpenError> {
    let file = disk.open(FILE).map_err(OpenError::io("open", FILE))?;
    if file.len().map_err(OpenError::io("read", FILE))? > MAX_BYTES {
        return Err(OpenError::corrupt(FILE, MAX_BYTES, "longer than an identity can be"));
    }
    let bytes = read_all(file.as_ref()).map_err(OpenError::io("read", FILE))?;
    let text = String::from_utf8(bytes).map_err(|_| OpenError::corrupt(FILE, 0, "not a text"))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Identity, OpenError> {
    let bad = |offset: usize, reason: &str| OpenError::corrupt(FILE, offset as u64, reason);
    let mut lines = text.lines();
    let mut field = |name: &str| {
        let line = lines.next().unwrap_or_default();
        line.strip_prefix(name)
            .map(|rest| rest.trim_start().to_owned())
            .ok_or_else(|| bad(0, &format!("no {name}")))
    };
    // The format comes first and is read alone, so that a newer layout is named instead of called corrupt.
    let found = field("nomadctl raft")?.parse::<u32>().map_err(|_| bad(0, "the format is not a number"))?;
    if found != FORMAT {
        return Err(OpenError::Format { found, expected: FORMAT });
    }
    let (region, cluster) = (field("region")?, field("cluster")?);
    let incarnation = field("incarnation")?;
    let crc = field("crc")?;
    let body = text.rfind("crc ").unwrap_or(0);
    if format!("{:08x}", crc32fast::hash(&text.as_bytes()[..body])) != crc {
        return Err(bad(body, "the checksum does not match"));
    }
    let incarnation =
        u128::from_str_radix(&incarnation, 16).map_err(|_| bad(0, "the incarnation is not a number"))?;
    Ok(Identity { region, cluster, incarnation })
}

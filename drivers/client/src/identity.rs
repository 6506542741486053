//! Who this node is: id and secret, in a file of their own so that a lost state file changes neither.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use model::{NodeId, SecretId};

const FILE: &str = "node-id";

/// Id and secret of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The id.
    pub(crate) id: NodeId,
    /// What proves it.
    pub(crate) secret: SecretId,
    /// Whether they were made just now.
    pub(crate) fresh: bool,
}

/// Failure to learn who this node is.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file cannot be read or written.
    #[error("cannot use {path}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file does not hold an id and a secret. It is left alone: with another id the servers would replace
    /// everything that runs here.
    #[error("{path} does not hold a node id and its secret", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

impl Identity {
    fn random() -> Self {
        let draw = || uuid::Uuid::new_v4().as_u128();
        Self { id: NodeId(draw()), secret: SecretId(draw()), fresh: true }
    }

    /// The one of a simulated node: the same every time, so that a cluster that is kept knows it again.
    pub(crate) fn simulated(region: &str, index: u32) -> Self {
        let region =
            region.bytes().fold(0, |sum: u128, byte| sum.wrapping_mul(257).wrapping_add(byte.into()));
        let parts = |part: u128| [0x51_u128, region, index.into(), part];
        Self { id: NodeId::derive(&parts(1)), secret: SecretId::derive(&parts(2)), fresh: true }
    }

    /// Reads the one in `state_dir`, or makes it.
    pub(crate) fn load(state_dir: &Path) -> Result<Self, IdentityError> {
        let path = state_dir.join(FILE);
        let failed = |source| IdentityError::Io { path: path.clone(), source };
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).ok_or_else(|| IdentityError::Malformed { path: path.clone() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let identity = Self::random();
                identity.store(state_dir).map_err(failed)?;
                Ok(identity)
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.trim().split_once('\n')?;
        Some(Self { id: id.trim().parse().ok()?, secret: secret.trim().parse().ok()?, fresh: false })
    }

    fn store(&self, state_dir: &Path) -> io::Result<()> {
        let temporary = state_dir.join("node-id.new");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        writeln!(file, "{}\n{}", self.id, self.secret)?;
        file.sync_all()?;
        fs::rename(&temporary, state_dir.join(FILE))?;
        fs::File::open(state_dir)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_nodes_are_known_again_and_told_apart() {
        let id = |region, index| Identity::simulated(region, index).id;
        assert_eq!(id("global", 1), id("global", 1));
        assert_ne!(id("global", 1), id("global", 2));
        assert_ne!(id("global", 1), id("west", 1));
    }

    #[test]
    fn an_identity_stays_and_a_spoilt_one_is_not_replaced() {
        let dir = tempfile::tempdir().expect("directory");
        let first = Identity::load(dir.path()).expect("made");
        let second = Identity::load(dir.path()).expect("read");
        assert!(first.fresh && !second.fresh);
        assert_eq!((first.id, first.secret), (second.id, second.secret));
        fs::write(dir.path().join(FILE), "x").expect("file");
        assert!(matches!(Identity::load(dir.path()), Err(IdentityError::Malformed { .. })));
    }
}

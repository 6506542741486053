//! Who may speak which protocol with whom.
//!
//! Purpose: one table, used by the accepting side of every connection and by the dialling side to refuse early.
//! Limits: looks at roles and regions only; ACLs, node secrets and Raft membership are checked above.

use crate::{Alpn, PeerIdentity, Region, Role};

/// Why a peer may not speak a protocol here.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum AdmissionError {
    /// The protocol is not for this role.
    #[error("a {role} may not speak {alpn}")]
    Role {
        /// The peer's role.
        role: Role,
        /// The protocol it asked for.
        alpn: Alpn,
    },
    /// The protocol stays inside a region.
    #[error(
        "{alpn} is spoken inside one region only: the peer is of region {peer}, this agent of region {own}"
    )]
    Region {
        /// The protocol it asked for.
        alpn: Alpn,
        /// The peer's region.
        peer: Region,
        /// The region of this agent.
        own: Region,
    },
}

/// Decides whether `peer` may speak `alpn` with an agent of region `own`.
pub fn admit(own: &Region, alpn: Alpn, peer: &PeerIdentity) -> Result<(), AdmissionError> {
    let role_ok = match alpn {
        Alpn::Raft | Alpn::Peer | Alpn::Gossip => peer.role == Role::Server,
        // An agent that is server and client holds a server's certificate.
        Alpn::Client => matches!(peer.role, Role::Client | Role::Server),
        Alpn::Http => true,
    };
    if !role_ok {
        return Err(AdmissionError::Role { role: peer.role, alpn });
    }
    let across_regions = match alpn {
        Alpn::Raft | Alpn::Peer | Alpn::Client => false,
        Alpn::Gossip | Alpn::Http => true,
    };
    if !across_regions && peer.region != *own {
        return Err(AdmissionError::Region { alpn, peer: peer.region.clone(), own: own.clone() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn the_table_of_who_may_speak_what() {
        let own = Region::new("eu").unwrap();
        let mut table = String::new();
        for region in ["eu", "us"] {
            for role in Role::ALL {
                let peer =
                    PeerIdentity { role, region: Region::new(region).unwrap(), key_fingerprint: [0; 32] };
                let spoken: Vec<&str> = Alpn::ALL
                    .into_iter()
                    .filter(|alpn| admit(&own, *alpn, &peer).is_ok())
                    .map(Alpn::name)
                    .collect();
                table += &format!("{}: {}\n", peer.dns_name(), spoken.join(" "));
            }
        }
        expect![[r#"
            server.eu.nomad: nomad/raft nomad/peer nomad/client nomad/gossip nomad/http
            client.eu.nomad: nomad/client nomad/http
            cli.eu.nomad: nomad/http
            server.us.nomad: nomad/gossip nomad/http
            client.us.nomad: nomad/http
            cli.us.nomad: nomad/http
        "#]]
        .assert_eq(&table);
    }
}

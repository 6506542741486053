//! Servers and voters.

use std::collections::BTreeMap;

use api::view::{Member, Members, RaftConfiguration};

use crate::format::Table;

/// Returns the servers as a table; `leaders` holds the leader's RPC address by region.
#[must_use]
pub fn members(members: &Members, leaders: &BTreeMap<String, String>, verbose: bool) -> String {
    let mut header =
        vec!["Name", "Address", "Port", "Status", "Leader", "Raft Version", "Build", "Datacenter", "Region"];
    if verbose {
        header.extend(["Protocol", "Tags"]);
    }
    let mut sorted: Vec<&Member> = members.members.iter().collect();
    sorted.sort_by(|left, right| left.name.cmp(&right.name));
    let mut table = Table::new(&header);
    for member in sorted {
        let mut row = vec![
            member.name.clone(),
            member.addr.clone(),
            member.port.to_string(),
            member.status.clone(),
            leads(member, leaders).to_string(),
            tag(member, "raft_vsn"),
            tag(member, "build"),
            tag(member, "dc"),
            tag(member, "region"),
        ];
        if verbose {
            row.push(member.protocol_cur.to_string());
            let tags: Vec<String> = member.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            row.push(tags.join(","));
        }
        table.row(row);
    }
    table.render()
}

fn leads(member: &Member, leaders: &BTreeMap<String, String>) -> bool {
    let host = match tag(member, "rpc_addr") {
        address if address.is_empty() => member.addr.clone(),
        address => address,
    };
    let address = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host };
    leaders
        .get(&tag(member, "region"))
        .is_some_and(|leader| *leader == format!("{address}:{}", tag(member, "port")))
}

fn tag(member: &Member, name: &str) -> String {
    member.tags.get(name).cloned().unwrap_or_default()
}

/// Returns the voters as a table.
#[must_use]
pub fn raft_peers(configuration: &RaftConfiguration) -> String {
    let mut table = Table::new(&["Node", "ID", "Address", "State", "Voter", "RaftProtocol"]);
    for server in &configuration.servers {
        table.row([
            server.node.clone(),
            server.id.clone(),
            server.address.clone(),
            if server.leader { "leader" } else { "follower" }.to_owned(),
            server.voter.to_string(),
            server.raft_protocol.clone(),
        ]);
    }
    table.render()
}

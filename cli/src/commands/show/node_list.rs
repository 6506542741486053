//! Lists of nodes.

use api::view::NodeStub;

use crate::format::{Length, Table};

/// Columns that are shown on demand.
#[derive(Clone, Debug, Default)]
pub struct NodeColumns {
    /// Operating systems.
    pub os: bool,
    /// Numbers of running allocations, in the order of the nodes.
    pub running: Option<Vec<usize>>,
}

/// Returns nodes as a table, or says that there are none.
#[must_use]
pub fn node_list(nodes: &[NodeStub], length: Length, columns: &NodeColumns) -> String {
    if nodes.is_empty() {
        return "No nodes registered".to_owned();
    }
    let full = length == Length::Full;
    let mut header = vec!["ID", "Node Pool", "DC", "Name", "Class"];
    header.extend(columns.os.then_some("OS"));
    header.extend(["Address", "Version"].into_iter().filter(|_| full));
    header.extend(["Drain", "Eligibility", "Status"]);
    header.extend(columns.running.as_ref().map(|_| "Running Allocs"));
    let mut table = Table::new(&header);
    for (place, node) in nodes.iter().enumerate() {
        let mut row = vec![length.id(&node.id).to_owned(), node.node_pool.clone(), node.datacenter.clone()];
        row.extend([node.name.clone(), node.node_class.clone()]);
        row.extend(columns.os.then(|| node.attributes.get("os.name").cloned().unwrap_or_default()));
        row.extend([node.address.clone(), node.version.clone()].into_iter().filter(|_| full));
        row.extend([node.drain.to_string(), node.scheduling_eligibility.clone(), node.status.clone()]);
        let running = columns.running.as_ref().map(|counts| counts.get(place).copied().unwrap_or(0));
        row.extend(running.map(|count| count.to_string()));
        table.row(row);
    }
    table.render()
}

//! Services that are registered natively.

use api::view::{NamespaceServicesView, ServiceView};

use crate::format::{KeyValue, Length, Table};

/// Returns services by name as a table, with their namespaces if asked for.
#[must_use]
pub fn service_list(namespaces: &[NamespaceServicesView], of_all: bool) -> String {
    let mut rows: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for namespace in namespaces {
        for service in &namespace.services {
            let mut tags = service.tags.clone();
            tags.sort();
            rows.push((&service.service_name, &namespace.namespace, tags));
        }
    }
    if rows.is_empty() {
        return "No service registrations found".to_owned();
    }
    rows.sort();
    let mut table =
        Table::new(if of_all { &["Service Name", "Namespace", "Tags"] } else { &["Service Name", "Tags"] });
    for (name, namespace, tags) in rows {
        let tags = bracketed(&tags);
        if of_all {
            table.row([name, namespace, &tags]);
        } else {
            table.row([name, &tags]);
        }
    }
    table.render()
}

/// Returns the names of services, one a line.
#[must_use]
pub fn service_names(namespaces: &[NamespaceServicesView]) -> String {
    let services = namespaces.iter().flat_map(|namespace| &namespace.services);
    let mut names: Vec<&str> = services.map(|service| service.service_name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join("\n")
}

/// Returns registrations as a table, or each as a block.
#[must_use]
pub fn service_info(services: &[ServiceView], length: Length) -> String {
    if services.is_empty() {
        return "No service registrations found".to_owned();
    }
    if length == Length::Full {
        return services.iter().map(block).collect();
    }
    let mut table = Table::new(&["Job ID", "Address", "Tags", "Node ID", "Alloc ID"]);
    for service in services {
        table.row([
            service.job_id.clone(),
            address(service),
            bracketed(&service.tags),
            length.id(&service.node_id).to_owned(),
            length.id(&service.alloc_id).to_owned(),
        ]);
    }
    table.render()
}

fn block(service: &ServiceView) -> String {
    let text = KeyValue::new()
        .add("ID", &service.id)
        .add("Service Name", &service.service_name)
        .add("Namespace", &service.namespace)
        .add("Job ID", &service.job_id)
        .add("Alloc ID", &service.alloc_id)
        .add("Node ID", &service.node_id)
        .add("Datacenter", &service.datacenter)
        .add("Address", address(service))
        .add("Tags", bracketed(&service.tags))
        .render();
    text + "\n\n"
}

fn address(service: &ServiceView) -> String {
    match service.port {
        0 => service.address.clone(),
        port if service.address.contains(':') => format!("[{}]:{port}", service.address),
        port => format!("{}:{port}", service.address),
    }
}

fn bracketed(tags: &[String]) -> String {
    format!("[{}]", tags.join(","))
}

//! From the services of a job to what is registered here: names, tags and addresses are final.

use std::collections::BTreeMap;

use lifecycle::offer::{CheckRestartRules, CheckRules, Offer};
use model::{
    Check, CheckRestart, MAX_SERVICES, Name, Nanos, Node, SERVICE_ID_PREFIX, Service, ServiceInstance,
};
use sha2::{Digest, Sha256};

use super::check::{CheckKind, CheckSpec};
use crate::task::{AllocContext, Scope, service_environment};

/// A service of an allocation with what it belongs to.
struct Owned<'a> {
    alloc: &'a AllocContext,
    node: &'a Node,
    /// The task; none for the group.
    task: Option<&'a str>,
    service: &'a Service,
    scope: &'a Scope<'a>,
}

/// Returns what an allocation offers, and how the checks of it are made. What cannot be offered is left out;
/// [`notes`] says so.
pub(crate) fn offers(
    alloc: &AllocContext,
    node: &Node,
    region: &str,
    canary: bool,
) -> (Vec<Offer>, Vec<CheckSpec>) {
    let mut offers = Vec::new();
    let mut specs = Vec::new();
    each(alloc, node, region, |owned| {
        if offers.len() >= MAX_SERVICES {
            return;
        }
        if let Ok(instance) = owned.instance(canary) {
            let checks: Vec<(CheckRules, CheckSpec)> =
                owned.service.checks.iter().map(|check| owned.check(check, &instance)).collect();
            let (rules, made): (Vec<_>, Vec<_>) = checks.into_iter().unzip();
            offers.push(Offer { task: owned.task.map(Name::from), instance, checks: rules });
            specs.extend(made);
        }
    });
    (offers, specs)
}

/// Says, in one sentence a task, which services are registered otherwise than the job says, or not at all.
pub(crate) fn notes(alloc: &AllocContext, node: &Node) -> BTreeMap<Name, String> {
    let mut notes: BTreeMap<Name, String> = BTreeMap::new();
    let tasks = alloc.task_group().map(|group| group.tasks.as_slice()).unwrap_or_default();
    each(alloc, node, "", |owned| {
        let name = &owned.service.name;
        let mut said = match owned.instance(false) {
            Err(reason) => vec![format!("service {name:?} is not registered: {reason}")],
            Ok(instance) => owned.unmade(&instance),
        };
        if said.is_empty() && owned.service.provider != "nomad" {
            said.push(format!(
                "service {name:?} is registered with Nomad, since this node has no Consul agent"
            ));
        }
        for task in tasks.iter().filter(|task| owned.task.is_none_or(|own| own == task.name)) {
            let note = notes.entry(Name::from(task.name.as_str())).or_default();
            for said in &said {
                note.push_str(if note.is_empty() { "" } else { "; " });
                note.push_str(said);
            }
        }
    });
    notes.retain(|_, note| !note.is_empty());
    notes
}

fn each(alloc: &AllocContext, node: &Node, region: &str, mut found: impl FnMut(&Owned<'_>)) {
    let Some(group) = alloc.task_group() else { return };
    let tasks = group.tasks.iter().filter(|task| !task.services.is_empty());
    let owners =
        std::iter::once((None, &group.services)).chain(tasks.map(|task| (Some(task), &task.services)));
    for (task, services) in owners.filter(|(_, services)| !services.is_empty()) {
        let env = service_environment(alloc, group, task, node, region);
        let scope = Scope { node, region, env: &env };
        for service in services {
            found(&Owned { alloc, node, task: task.map(|task| task.name.as_str()), service, scope: &scope });
        }
    }
}

impl Owned<'_> {
    fn instance(&self, canary: bool) -> Result<ServiceInstance, String> {
        let service = self.service;
        let name = self.scope.text(&service.name);
        if !is_label(&name) {
            return Err(format!("{name:?} is no name of a service: letters, digits and hyphens, at most 63"));
        }
        let label = self.scope.text(&service.port_label);
        let fixed = self.scope.text(&service.address);
        let (address, port) = self.address(&label, &service.address_mode, &fixed)?;
        let owner = match self.task {
            Some(task) => task.to_owned(),
            None => format!("group-{}", self.alloc.group),
        };
        let tags =
            if canary && !service.canary_tags.is_empty() { &service.canary_tags } else { &service.tags };
        Ok(ServiceInstance {
            id: Name::from(format!("{SERVICE_ID_PREFIX}{}-{owner}-{name}-{label}", self.alloc.id)),
            name: Name::from(name),
            tags: tags.iter().map(|tag| Name::from(self.scope.text(tag))).collect(),
            address: Name::from(address),
            port,
        })
    }

    /// Where a port is reached: a label of the allocation's ports, or a number on the node's address.
    fn address(&self, label: &str, mode: &str, fixed: &str) -> Result<(String, u16), String> {
        let assigned = self.alloc.assigned.ports.iter().find(|port| *port.label == *label);
        let node_ip = || self.node.resources.networks.first().map(|network| network.ip.to_string());
        let number = || match (assigned, label) {
            (Some(port), _) => Ok(port.value),
            (None, "") => Ok(0),
            (None, number) => number.parse().map_err(|_| format!("there is no port {label:?}")),
        };
        match (mode, assigned) {
            ("" | "auto", _) if !fixed.is_empty() => Ok((fixed.to_owned(), number()?)),
            ("alloc" | "alloc_ipv6" | "driver", _) => Err(format!(
                "address_mode {mode:?} needs a network of its own, and the group uses the host's"
            )),
            (_, Some(port)) => Ok((port.host_ip.to_string(), port.value)),
            (_, None) if label.is_empty() => Ok((String::new(), 0)),
            (_, None) => Ok((node_ip().unwrap_or_default(), number()?)),
        }
    }

    /// Says which checks of the service are not made.
    fn unmade(&self, instance: &ServiceInstance) -> Vec<String> {
        let reason = |check: &Check| match self.kind(check, instance) {
            CheckKind::Unsupported(reason) => Some(format!(
                "check {:?} of service {:?} is not made: {reason}",
                check.name, self.service.name
            )),
            CheckKind::Tcp(_) | CheckKind::Http { .. } => None,
        };
        self.service.checks.iter().filter_map(reason).collect()
    }

    fn check(&self, check: &Check, instance: &ServiceInstance) -> (CheckRules, CheckSpec) {
        let text = |text: &str| self.scope.text(text);
        let id = Name::from(self.check_id(check));
        let name = Name::from(text(&check.name));
        let on_update = if check.on_update.is_empty() { &self.service.on_update } else { &check.on_update };
        let kind = self.kind(check, instance);
        // What cannot be made tells nothing: no deployment waits for it.
        let made = !matches!(kind, CheckKind::Unsupported(_));
        let counts = on_update != "ignore" && made;
        let rules = CheckRules {
            id: Name::clone(&id),
            name: Name::clone(&name),
            counts,
            restart: check
                .check_restart
                .as_ref()
                .filter(|_| made)
                .and_then(|rules| self.restart(check, rules)),
        };
        let spec = CheckSpec {
            id,
            name,
            service: Name::clone(&instance.name),
            task: Name::from(self.task.unwrap_or_default()),
            group: Name::from(self.alloc.name()),
            counts,
            kind,
            interval: at_least_a_second(check.interval),
            timeout: at_least_a_second(check.timeout),
        };
        (rules, spec)
    }

    /// Hashes what tells one check from every other.
    fn check_id(&self, check: &Check) -> String {
        let (alloc, task) = (self.alloc.id.to_string(), self.task.unwrap_or_default());
        let group: &str = &self.alloc.group;
        let service = self.service;
        let parts: [&str; 11] = [
            &alloc,
            group,
            task,
            &service.name,
            &service.port_label,
            &check.name,
            &check.check_type,
            &check.path,
            &check.method,
            &check.port_label,
            &check.body,
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// When tasks are restarted: the named one, that of the service, or all.
    fn restart(&self, check: &Check, rules: &CheckRestart) -> Option<CheckRestartRules> {
        let limit = u32::try_from(rules.limit).ok().filter(|limit| *limit > 0)?;
        let named =
            [check.task_name.as_str(), self.service.task_name.as_str(), self.task.unwrap_or_default()];
        let tasks = match named.into_iter().find(|name| !name.is_empty()) {
            Some(name) => vec![Name::from(name)],
            None => {
                let group = self.alloc.task_group();
                group
                    .into_iter()
                    .flat_map(|group| &group.tasks)
                    .map(|task| Name::from(task.name.as_str()))
                    .collect()
            }
        };
        Some(CheckRestartRules { limit, grace: rules.grace, tasks })
    }

    fn kind(&self, check: &Check, instance: &ServiceInstance) -> CheckKind {
        let address = match check.port_label.as_str() {
            "" => Ok((instance.address.to_string(), instance.port)),
            label => self.address(&self.scope.text(label), &check.address_mode, ""),
        };
        let (host, port) = match address {
            Ok((_, 0)) => return CheckKind::Unsupported("the check has no port".to_owned()),
            Ok(address) => address,
            Err(reason) => return CheckKind::Unsupported(reason),
        };
        let address = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        match check.check_type.as_str() {
            "tcp" => CheckKind::Tcp(address),
            "http" if check.protocol == "https" => {
                CheckKind::Unsupported("checks by https are not supported yet".to_owned())
            }
            "http" => self.http(check, address),
            other => CheckKind::Unsupported(format!("checks of type {other:?} are not supported yet")),
        }
    }

    fn http(&self, check: &Check, address: String) -> CheckKind {
        let text = |text: &str| self.scope.text(text);
        let path = text(&check.path);
        let header = |(name, values): (&String, &Vec<String>)| {
            values.iter().map(|value| (name.clone(), text(value))).collect::<Vec<_>>()
        };
        CheckKind::Http {
            address,
            method: if check.method.is_empty() { "GET".to_owned() } else { check.method.clone() },
            path: if path.starts_with('/') { path } else { format!("/{path}") },
            headers: check.header.iter().flat_map(header).collect(),
            body: text(&check.body),
        }
    }
}

/// Whether a text is a label of RFC 1123.
fn is_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn at_least_a_second(time: Nanos) -> std::time::Duration {
    time.max(Nanos::from_secs(1)).to_duration()
}

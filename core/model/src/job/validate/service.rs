//! Services of a group or task, and their checks.
//!
//! Limits: names that hold an interpolation are checked where they are resolved.

use std::collections::BTreeSet;

use super::Problems;
use crate::{Check, Nanos, Service, Task, TaskGroup};

/// Shortest interval and timeout of a check.
const SHORTEST: Nanos = Nanos::from_secs(1);

/// Checks the services of a group.
pub(super) fn check_group(group: &TaskGroup, problems: &mut Problems) {
    let mut inner = Problems::default();
    let all = || group.services.iter().chain(group.tasks.iter().flat_map(|task| &task.services));
    let providers: BTreeSet<&str> = all().map(|service| service.provider.as_str()).collect();
    inner.add_if(providers.len() > 1, || {
        "Multiple service providers used: task group services must use the same provider".to_owned()
    });
    check_all(&group.services, None, &mut inner);
    for service in &group.services {
        let task = &service.task_name;
        inner.add_if(!task.is_empty() && !group.tasks.iter().any(|known| known.name == *task), || {
            format!("service {:?} refers to the unknown task {task:?}", service.name)
        });
    }
    problems.nest("Task group service", &inner);
}

/// Checks the services of a task.
pub(super) fn check_task(task: &Task, problems: &mut Problems) {
    check_all(&task.services, Some(task), problems);
}

fn check_all(services: &[Service], owner: Option<&Task>, problems: &mut Problems) {
    let mut known = BTreeSet::new();
    for (at, service) in services.iter().enumerate() {
        problems.add_if(!known.insert((&service.name, &service.port_label, &service.task_name)), || {
            format!("service {:?} is duplicate", service.name)
        });
        let inner = check_one(service, owner);
        problems.nest(&format!("Service[{at}] {}", service.name), &inner);
    }
}

fn check_one(service: &Service, owner: Option<&Task>) -> Problems {
    let mut problems = Problems::default();
    let name = service.name.as_str();
    problems.add_if(!is_name(name), || {
        format!(
            "Service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes and \
             must be no longer than 63 characters: {name:?}"
        )
    });
    problems.add_if(!["consul", "nomad"].contains(&service.provider.as_str()), || {
        format!("Service provider must be \"consul\" or \"nomad\", not {:?}", service.provider)
    });
    let mode = service.address_mode.as_str();
    let known = match owner {
        Some(_) => ["", "auto", "host", "alloc", "driver"].contains(&mode),
        None => ["", "auto", "host", "alloc", "alloc_ipv6"].contains(&mode),
    };
    problems.add_if(!known, || format!("Service address_mode must be auto, host, alloc, not {mode:?}"));
    problems.add_if(!service.address.is_empty() && !["", "auto"].contains(&mode), || {
        format!("Service address_mode must be \"auto\" if address is set, not {mode:?}")
    });
    let update = service.on_update.as_str();
    problems.add_if(!["", "require_healthy", "ignore_warnings", "ignore"].contains(&update), || {
        format!("Service on_update must be require_healthy, ignore_warnings or ignore, not {update:?}")
    });
    problems.add_if(service.provider == "nomad" && service.connect.is_some(), || {
        "Service with provider nomad cannot include Connect blocks".to_owned()
    });
    let kinds = ["", "api-gateway", "ingress-gateway", "mesh-gateway", "terminating-gateway"];
    problems.add_if(!kinds.contains(&service.kind.as_str()), || {
        format!("Service kind must be one of {}, not {:?}", kinds[1..].join(", "), service.kind)
    });
    if let Some(connect) = &service.connect {
        let ways = [connect.native, connect.sidecar_service.is_some(), connect.gateway.is_some()];
        problems.add_if(ways.into_iter().filter(|way| *way).count() != 1, || {
            "Consul Connect must be exactly one of native, sidecar_service and gateway".to_owned()
        });
    }
    for check in &service.checks {
        // One problem of a check is enough: the others often follow from it.
        let mut inner = Problems::default();
        check_check(check, service, owner, &mut inner);
        inner.lines().take(1).for_each(|first| problems.add(first));
    }
    problems
}

/// Whether a name can be registered: a label of DNS, or one with an interpolation.
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    name.contains("${")
        || (!name.is_empty()
            && name.len() <= 63
            && name.chars().all(inner)
            && !name.starts_with('-')
            && !name.ends_with('-'))
}

fn check_check(check: &Check, service: &Service, owner: Option<&Task>, problems: &mut Problems) {
    let native = service.provider == "nomad";
    let kind = check.check_type.to_ascii_lowercase();
    let (known, list): (&[&str], _) = if native {
        (&["tcp", "http"], "tcp, http")
    } else {
        (&["tcp", "http", "grpc", "script"], "tcp, http, grpc, script")
    };
    if !known.contains(&kind.as_str()) {
        problems.add(format!("invalid check type ({kind:?}), must be one of {list}"));
        return;
    }
    let invalid = |problem: &str| format!("Check {} invalid: {problem}", check.name);
    problems.add_if(kind == "http" && check.path.is_empty(), || invalid("http type must have http path"));
    problems
        .add_if(kind == "http" && check.path.contains("://"), || invalid("path must be relative, not a URL"));
    problems.add_if(kind == "http" && !["", "http", "https"].contains(&check.protocol.as_str()), || {
        invalid("protocol must be http or https")
    });
    problems.add_if(kind == "script" && check.command.is_empty(), || {
        invalid("script type must have a valid script path")
    });
    let without_task = owner.is_none() && service.task_name.is_empty() && check.task_name.is_empty();
    problems
        .add_if(kind == "script" && without_task, || invalid("a script check of a group must name a task"));
    problems.add_if(check.interval < SHORTEST, || {
        invalid(&format!("interval ({}) cannot be lower than {SHORTEST}", check.interval))
    });
    problems.add_if(check.timeout < SHORTEST, || {
        invalid(&format!("timeout ({}) is lower than required minimum timeout {SHORTEST}", check.timeout))
    });
    let number = !check.port_label.is_empty() && check.port_label.bytes().all(|byte| byte.is_ascii_digit());
    problems.add_if(number && check.address_mode != "driver", || {
        invalid("a port that is a number needs address_mode = \"driver\"")
    });
    let no_port = check.port_label.is_empty() && service.port_label.is_empty() && kind != "script";
    problems.add_if(no_port && service.connect.is_none(), || {
        invalid("http, tcp and grpc checks need a port: neither the check nor its service has one")
    });
    let state = check.initial_status.as_str();
    problems.add_if(!["", "passing", "warning", "critical"].contains(&state), || {
        invalid(&format!("invalid initial check state ({state}), must be one of passing, warning, critical"))
    });
    problems.add_if(check.notes.len() > 255, || invalid("notes must not be longer than 255 characters"));
    let restart = check.check_restart.as_ref();
    problems
        .add_if(restart.is_some_and(|restart| restart.limit < 0), || invalid("limit must not be negative"));
    problems.add_if(restart.is_some_and(|restart| restart.grace < Nanos::ZERO), || {
        invalid("grace period cannot be negative")
    });
    let restarts = restart.is_some_and(|restart| restart.limit > 0);
    problems.add_if(restarts && check.on_update == "ignore", || {
        invalid("on_update value \"ignore\" not supported with check_restart")
    });
    if native {
        check_native(check, problems);
    }
}

/// What checks that need no Consul cannot do.
fn check_native(check: &Check, problems: &mut Problems) {
    problems.add_if(check.expose, || "expose may only be set for Consul service checks".to_owned());
    problems.add_if(!check.tls_server_name.is_empty(), || {
        "tls_server_name may only be set for Consul service checks".to_owned()
    });
    problems.add_if(check.success_before_passing != 0, || {
        "success_before_passing may only be set for Consul service checks".to_owned()
    });
    let failures = check.failures_before_critical != 0 || check.failures_before_warning != 0;
    problems.add_if(failures, || {
        "failures_before_critical and failures_before_warning may only be set for Consul service checks"
            .to_owned()
    });
    problems.add_if(check.on_update == "ignore_warnings", || {
        "on_update may only be set to ignore_warnings for Consul service checks".to_owned()
    });
    problems.add_if(check.address_mode == "driver", || {
        "address_mode = driver may only be set for Consul service checks".to_owned()
    });
}

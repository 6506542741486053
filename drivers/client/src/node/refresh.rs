//! Noticing that a driver has come or gone, and telling the servers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::{DriverInfo, Name, NodeEvent};

use super::host::of_drivers;
use crate::shared::Shared;

const EVERY: Duration = Duration::from_secs(30);

/// Asks the drivers every half a minute, for ever.
pub(crate) async fn run(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let found = shared.drivers.fingerprint().await;
        let before = shared.node();
        if let Some(drivers) = changed(&before.drivers, found) {
            let mut node = (*before).clone();
            node.attributes.retain(|key, _| !is_of_a_driver(key, &drivers));
            node.attributes.extend(of_drivers(&drivers));
            node.drivers.clone_from(&drivers);
            let events = events(&before.drivers, &drivers);
            shared.set_node(node);
            if let Err(error) = shared.link.events(events).await {
                tracing::debug!(%error, "events of the node were not taken");
            }
        }
    }
}

/// Whether an attribute is one that a driver adds.
fn is_of_a_driver(key: &str, drivers: &BTreeMap<Name, DriverInfo>) -> bool {
    let name = key.strip_prefix("driver.").and_then(|rest| rest.split('.').next());
    name.is_some_and(|name| drivers.contains_key(name))
}

/// Returns the drivers as they are now, if any has changed; the others keep the time of their last change.
fn changed(
    before: &BTreeMap<Name, DriverInfo>,
    mut found: BTreeMap<Name, DriverInfo>,
) -> Option<BTreeMap<Name, DriverInfo>> {
    for (name, info) in &mut found {
        if let Some(before) = before.get(name) {
            let now = std::mem::replace(&mut info.updated_at, before.updated_at);
            if info != before {
                info.updated_at = now;
            }
        }
    }
    (found != *before).then_some(found)
}

/// Says of each driver whose health has changed what it is now.
fn events(before: &BTreeMap<Name, DriverInfo>, now: &BTreeMap<Name, DriverInfo>) -> Vec<NodeEvent> {
    let changed =
        now.iter().filter(|(name, info)| before.get(*name).is_none_or(|old| old.healthy != info.healthy));
    let event = |(name, info): (&Name, &DriverInfo)| NodeEvent {
        time: info.updated_at,
        subsystem: Name::from("Driver"),
        message: Name::clone(&info.description),
        details: BTreeMap::from([(Name::from("driver"), Name::clone(name))]),
        create_index: 0,
    };
    changed.map(event).collect()
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    fn driver(healthy: bool, at: i64) -> DriverInfo {
        DriverInfo {
            detected: true,
            healthy,
            description: Name::from(""),
            updated_at: Timestamp(at),
            attributes: BTreeMap::new(),
        }
    }

    #[test]
    fn only_what_changed_gets_a_new_time() {
        let drivers = |a, b| BTreeMap::from([(Name::from("a"), a), (Name::from("b"), b)]);
        let before = drivers(driver(true, 1), driver(true, 1));
        assert_eq!(changed(&before, drivers(driver(true, 2), driver(true, 2))), None);
        let after = changed(&before, drivers(driver(false, 2), driver(true, 2)));
        let expected = drivers(driver(false, 2), driver(true, 1));
        let told: Vec<String> = events(&before, &expected)
            .iter()
            .map(|event| format!("{} {} {}", event.time.0, event.subsystem, event.details["driver"]))
            .collect();
        assert_eq!(told, ["2 Driver a"]);
        assert_eq!(after, Some(expected));
    }
}

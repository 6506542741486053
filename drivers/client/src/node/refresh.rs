//! Noticing that a driver has come or gone, and telling the servers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::{DriverInfo, Name};

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
            node.attributes.retain(|key, _| {
                key.strip_prefix("driver.")
                    .is_none_or(|name| drivers.get(name).is_none_or(|info| info.detected))
            });
            for name in drivers.iter().filter(|(_, info)| info.detected).map(|(name, _)| name) {
                node.attributes.insert(Name::from(format!("driver.{name}")), Name::from("1"));
            }
            node.drivers = drivers;
            shared.set_node(node);
        }
    }
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
        assert_eq!(after, Some(drivers(driver(false, 2), driver(true, 1))));
    }
}

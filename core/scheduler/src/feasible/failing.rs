//! Every filter that keeps a group off one node, with what the node lacks: for explanations, not for placing.

use model::{Lack, Name, Node};

use super::class_cache::GroupFilter;
use super::constraint::Check;

impl GroupFilter {
    /// All reasons in the order in which filters are asked; none when the node may be used.
    pub(crate) fn all_reasons(&self, node: &Node, index: u32) -> Vec<(Name, Lack)> {
        let mut reasons: Vec<(Name, Lack)> = failing(&self.job_checks, node).collect();
        let without = |thing: &str| Lack::Without(Name::from(thing));
        if let Some(driver) = self.drivers.missing(node) {
            reasons.push(("missing drivers".into(), without(driver)));
        }
        reasons.extend(failing(&self.checks, node));
        if let Some(device) = self.devices.missing(node) {
            reasons.push(("missing devices".into(), without(device)));
        }
        reasons.extend(self.network.reason(node).map(|reason| (Name::from(reason), Lack::Plain)));
        if let Some(attribute) = self.secrets.missing(node) {
            reasons.push(("missing secrets provider".into(), without(attribute)));
        }
        if let Some(volume) = self.volumes.missing(node, index) {
            reasons.push(("missing compatible host volumes".into(), without(&volume)));
        }
        reasons
    }
}

fn failing<'a>(checks: &'a [Check], node: &'a Node) -> impl Iterator<Item = (Name, Lack)> + 'a {
    checks.iter().filter(|check| !check.matches(node)).map(|check| {
        let lack = check.says(node).map_or(Lack::Unset, |value| Lack::Has(value.as_ref().into()));
        (Name::from(check.text.as_str()), lack)
    })
}

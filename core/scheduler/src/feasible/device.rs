//! Devices: a node must have enough working instances of what every task asks for.
//!
//! This check adds up the groups of a node; that one group must meet one request is checked when instances
//! are picked, so such a node is without room rather than filtered.

use std::cmp::Ordering;

use model::{Affinity, Constraint, DeviceAsk, Node, NodeDevice, TaskGroup, TypedValue};

use super::constraint::Operand;
use super::typed;

/// The devices that the tasks of a group ask for.
#[derive(Debug, Clone)]
pub(crate) struct DeviceCheck(Vec<DeviceRequest>);

/// One request.
#[derive(Debug, Clone)]
struct DeviceRequest {
    name: String,
    count: u64,
    rules: Vec<Rule>,
}

impl DeviceCheck {
    pub(crate) fn of(group: &TaskGroup) -> Self {
        let asks = group
            .tasks
            .iter()
            .filter_map(|task| task.resources.as_ref())
            .flat_map(|resources| &resources.devices);
        Self(asks.map(DeviceRequest::of).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first request that the node's devices cannot meet.
    pub(crate) fn missing(&self, node: &Node) -> Option<&str> {
        let devices = &node.resources.devices;
        let mut left: Vec<u64> = devices.iter().map(|device| working(device) as u64).collect();
        let unmet = self.0.iter().find(|request| {
            let mut needed = request.count;
            for (device, left) in devices.iter().zip(&mut left) {
                if needed == 0 || !request.matches(device) {
                    continue;
                }
                let taken = needed.min((*left).min(request.usable(device)));
                *left -= taken;
                needed -= taken;
            }
            needed > 0
        });
        unmet.map(|request| request.name.as_str())
    }
}

fn working(device: &NodeDevice) -> usize {
    device.instances.iter().filter(|instance| instance.healthy).count()
}

impl DeviceRequest {
    fn of(ask: &DeviceAsk) -> Self {
        Self {
            name: ask.name.clone(),
            count: ask.count,
            rules: ask.constraints.iter().map(Rule::of_constraint).collect(),
        }
    }

    fn matches(&self, device: &NodeDevice) -> bool {
        matches_name(&self.name, device) && self.rules.iter().all(|rule| rule.allows_group(device))
    }

    fn usable(&self, device: &NodeDevice) -> u64 {
        let healthy = device.instances.iter().filter(|instance| instance.healthy);
        healthy.filter(|instance| self.rules.iter().all(|rule| rule.allows_instance(&instance.id))).count()
            as u64
    }
}

/// Whether `type`, `vendor/type` or `vendor/type/model` names a device group.
pub(crate) fn matches_name(name: &str, device: &NodeDevice) -> bool {
    is_named(name, [&device.vendor, &device.device_type, &device.name])
}

/// Whether `type`, `vendor/type` or `vendor/type/model` names a group of this vendor, type and model.
pub(crate) fn is_named(name: &str, [vendor, kind, model]: [&str; 3]) -> bool {
    let mut parts = name.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(wanted), None, _) => wanted == kind,
        (Some(first), Some(second), None) => first == vendor && second == kind,
        (Some(first), Some(second), Some(third)) => first == vendor && second == kind && third == model,
        (None, _, _) => false,
    }
}

/// A constraint or affinity about a device group.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    left: Side,
    right: Side,
    word: String,
    operand: Operand,
}

/// One side of a rule.
#[derive(Debug, Clone)]
enum Side {
    Literal(String, TypedValue),
    Vendor,
    Type,
    Model,
    Ids,
    Attr(String),
    Unknown,
}

impl Side {
    fn parse(text: &str) -> Self {
        let Some(inner) = text.strip_prefix("${") else {
            return Self::Literal(text.to_owned(), typed::parse(text));
        };
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        match inner {
            "device.vendor" => Self::Vendor,
            "device.type" => Self::Type,
            "device.model" => Self::Model,
            "device.ids" => Self::Ids,
            _ => inner.strip_prefix("device.attr.").map_or(Self::Unknown, |key| Self::Attr(key.to_owned())),
        }
    }

    fn resolve(&self, device: &NodeDevice) -> Option<TypedValue> {
        match self {
            Self::Literal(_, value) => Some(value.clone()),
            Self::Vendor => Some(TypedValue::Text(device.vendor.clone())),
            Self::Type => Some(TypedValue::Text(device.device_type.clone())),
            Self::Model => Some(TypedValue::Text(device.name.clone())),
            Self::Ids => {
                let ids: Vec<&str> = device.instances.iter().map(|instance| &*instance.id).collect();
                Some(TypedValue::Text(ids.join(",").into()))
            }
            Self::Attr(key) => device.attributes.get(key.as_str()).cloned(),
            Self::Unknown => None,
        }
    }
}

impl Rule {
    fn new(ltarget: &str, word: &str, rtarget: &str) -> Self {
        let right = Side::parse(rtarget);
        let literal = matches!(right, Side::Literal(..)).then_some(rtarget);
        Self {
            left: Side::parse(ltarget),
            operand: Operand::parse(word, literal),
            word: word.to_owned(),
            right,
        }
    }

    pub(crate) fn of_constraint(constraint: &Constraint) -> Self {
        Self::new(&constraint.ltarget, &constraint.operand, &constraint.rtarget)
    }

    pub(crate) fn of_affinity(affinity: &Affinity) -> Self {
        Self::new(&affinity.ltarget, &affinity.operand, &affinity.rtarget)
    }

    fn is_about_ids(&self) -> bool {
        matches!(self.left, Side::Ids)
    }

    /// Whether a group may be used; rules about ids are about its instances.
    pub(crate) fn allows_group(&self, device: &NodeDevice) -> bool {
        self.is_about_ids() || self.matches(device)
    }

    /// Whether a rule about ids lets an instance be used; other rules do.
    pub(crate) fn allows_instance(&self, id: &str) -> bool {
        if !self.is_about_ids() {
            return true;
        }
        let Side::Literal(wanted, _) = &self.right else { return false };
        if matches!(self.operand, Operand::ContainsAny | Operand::ContainsAll) {
            return wanted.split(',').any(|item| item.trim() == id);
        }
        self.operand.matches(Some(id), Some(wanted), true)
    }

    /// Whether a device group meets the rule.
    pub(crate) fn matches(&self, device: &NodeDevice) -> bool {
        let (left, right) = (self.left.resolve(device), self.right.resolve(device));
        match (&self.operand, &left, &right) {
            (Operand::IsSet, ..) => return left.is_some(),
            (Operand::IsNotSet, ..) => return left.is_none(),
            (Operand::NotEqual, None, None) => return false,
            (Operand::NotEqual, None, Some(_)) | (Operand::NotEqual, Some(_), None) => return true,
            _ => {}
        }
        let (Some(left), Some(right)) = (left, right) else { return false };
        let order = || typed::compare(&left, &right);
        match self.operand {
            Operand::Equal => order() == Some(Ordering::Equal),
            Operand::NotEqual => order().is_some_and(Ordering::is_ne),
            Operand::Less => order() == Some(Ordering::Less),
            Operand::LessEqual => order().is_some_and(Ordering::is_le),
            Operand::Greater => order() == Some(Ordering::Greater),
            Operand::GreaterEqual => order().is_some_and(Ordering::is_ge),
            Operand::Version(..) | Operand::Regexp(_) | Operand::ContainsAll | Operand::ContainsAny => {
                self.matches_text(&left, &right)
            }
            Operand::IsSet | Operand::IsNotSet | Operand::Elsewhere | Operand::Unknown => false,
        }
    }

    fn matches_text(&self, left: &TypedValue, right: &TypedValue) -> bool {
        let Some(left) = typed::text(left) else { return false };
        if let Side::Literal(literal, _) = &self.right {
            return self.operand.matches(Some(&left), Some(literal), true);
        }
        let Some(right) = typed::text(right) else { return false };
        Operand::parse(&self.word, None).matches(Some(&left), Some(&right), false)
    }
}

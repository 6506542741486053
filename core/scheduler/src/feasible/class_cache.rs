//! All filters together. Constraints on what nodes of one class share are evaluated once per class.
//!
//! Whether a driver works and which networks a node has is no part of its class and is looked at node by node.

use std::collections::{BTreeMap, BTreeSet};

use model::{Job, Name, Node, TaskGroup};

use super::constraint::Check;
use super::device::DeviceCheck;
use super::driver::DriverCheck;
use super::network::NetworkCheck;
use super::rows::Rows;
use super::secret::SecretCheck;
use super::volume::VolumeCheck;

/// The filters of a group and its job.
#[derive(Debug, Clone)]
pub(crate) struct GroupFilter {
    pub(super) job_checks: Vec<Check>,
    job_escaped: bool,
    pub(super) drivers: DriverCheck,
    pub(super) checks: Vec<Check>,
    escaped: bool,
    pub(super) devices: DeviceCheck,
    pub(super) network: NetworkCheck,
    pub(super) secrets: SecretCheck,
    pub(super) volumes: VolumeCheck,
    /// Classes that an earlier look of the same evaluation ruled out.
    ruled_out: BTreeSet<u64>,
}

/// What the filters say of every node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feasibility {
    /// By node: none when it may be used, else the reason that metrics count.
    pub(crate) reasons: Vec<Option<Name>>,
    /// Whether any node of a class may be used.
    pub(crate) classes: BTreeMap<u64, bool>,
    /// Whether classes say nothing about the group.
    pub(crate) escaped: bool,
}

/// What the filters that classes decide say of one class.
#[derive(Debug, Clone)]
enum ClassVerdict {
    Eligible,
    /// Filtered, for this reason.
    Ineligible(Name),
}

/// The reason under which metrics count the second and later nodes of a class.
pub(crate) const INELIGIBLE: &str = "computed class ineligible";

impl GroupFilter {
    pub(crate) fn new(job: &Job, group: &TaskGroup) -> Self {
        let of = |list: &[model::Constraint]| list.iter().map(Check::of_constraint).collect::<Vec<_>>();
        let job_checks = of(&job.constraints);
        let mut checks = of(&group.constraints);
        checks.extend(group.tasks.iter().flat_map(|task| of(&task.constraints)));
        Self {
            job_escaped: job_checks.iter().any(|check| check.unique),
            escaped: checks.iter().any(|check| check.unique),
            job_checks,
            checks,
            drivers: DriverCheck::of(group),
            devices: DeviceCheck::of(group),
            network: NetworkCheck::of(group),
            secrets: SecretCheck::of(group),
            volumes: VolumeCheck::of(group),
            ruled_out: BTreeSet::new(),
        }
    }

    /// The same filters after a look that ruled classes out.
    pub(crate) fn after(self, ruled_out: Option<&BTreeSet<u64>>) -> Self {
        Self { ruled_out: ruled_out.cloned().unwrap_or_default(), ..self }
    }

    /// Whether all nodes of the node's class are kept off as well.
    pub(crate) fn rules_class_out(&self, node: &Node, index: u32) -> bool {
        self.reason(node, Some(&self.class_verdict(node)), index).is_some_and(|reason| reason.by_class)
    }

    /// Whether the verdict depends on the number of the allocation.
    pub(crate) fn per_alloc(&self) -> bool {
        self.volumes.per_alloc()
    }

    /// Looks at every node; `index` is the number of the allocation to place.
    pub(crate) fn evaluate(&self, rows: Rows<'_>, index: u32) -> Feasibility {
        let unique = self.job_escaped || self.escaped || self.network.is_unique();
        let ask = |node: &Node| self.reason(node, Some(&self.class_verdict(node)), index);
        let reasons = if unique { rows.each(ask) } else { rows.by_kind(ask) };
        self.settle(rows, reasons)
    }

    /// Why one node may not be used; none when it may.
    pub(crate) fn reason_alone(&self, node: &Node, index: u32) -> Option<Name> {
        self.reason(node, Some(&self.class_verdict(node)), index).map(|reason| reason.name)
    }

    /// What all nodes of the class have in common.
    fn class_verdict(&self, node: &Node) -> ClassVerdict {
        let failed = |checks: &[Check]| {
            checks.iter().find(|check| !check.matches(node)).map(|check| Name::from(check.text.as_str()))
        };
        let job = if self.job_escaped { None } else { failed(&self.job_checks) };
        job.map_or(ClassVerdict::Eligible, ClassVerdict::Ineligible)
    }

    fn reason(&self, node: &Node, class: Option<&ClassVerdict>, index: u32) -> Option<Reason> {
        if let Some(ClassVerdict::Ineligible(name)) = class {
            return Some(Reason { name: name.clone(), by_class: true });
        }
        let failed = |checks: &[Check]| {
            checks.iter().find(|check| !check.matches(node)).map(|check| Name::from(check.text.as_str()))
        };
        if self.job_escaped
            && let Some(name) = failed(&self.job_checks)
        {
            return Some(Reason { name, by_class: false });
        }
        let of_group = |name: Name| Some(Reason { name, by_class: !self.escaped });
        if self.drivers.missing(node).is_some() {
            return of_group("missing drivers".into());
        }
        if let Some(name) = failed(&self.checks) {
            return of_group(name);
        }
        if !self.devices.is_empty() && self.devices.missing(node).is_some() {
            return of_group("missing devices".into());
        }
        if let Some(reason) = self.network.reason(node) {
            return of_group(reason.into());
        }
        if self.secrets.missing(node).is_some() {
            return of_group("missing secrets provider".into());
        }
        if self.volumes.missing(node, index).is_some() {
            return Some(Reason { name: "missing compatible host volumes".into(), by_class: false });
        }
        None
    }

    /// Words the reasons as metrics count them, and derives what is known of classes.
    fn settle(&self, rows: Rows<'_>, reasons: Vec<Option<Reason>>) -> Feasibility {
        let mut result = Feasibility { escaped: self.job_escaped || self.escaped, ..Feasibility::default() };
        let mut seen: BTreeSet<(u64, Name)> = BTreeSet::new();
        let mut last = None;
        for (row, reason) in reasons.into_iter().enumerate() {
            let class = rows.class(row);
            let eligible = reason.as_ref().is_none_or(|reason| !reason.by_class);
            if last != Some((class, eligible)) {
                *result.classes.entry(class).or_insert(false) |= eligible;
                last = Some((class, eligible));
            }
            result.reasons.push(reason.map(|reason| {
                let known = self.ruled_out.contains(&class);
                let repeated = reason.by_class && (known || !seen.insert((class, reason.name.clone())));
                if repeated { Name::from(INELIGIBLE) } else { reason.name }
            }));
        }
        result
    }
}

/// Why a node is filtered.
#[derive(Debug, Clone)]
struct Reason {
    name: Name,
    /// Whether its class would be told the same.
    by_class: bool,
}

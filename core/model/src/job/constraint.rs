//! Rules and preferences about nodes.

use crate::document;

document! {
    /// A rule that a node, or a device, must meet.
    Constraint / ConstraintDraft {
        /// Left side, such as `${attr.kernel.name}`.
        ltarget: String = "LTarget" val show,
        /// Right side.
        rtarget: String = "RTarget" val show,
        /// How both are compared.
        operand: String = "Operand" val show,
    }
}

impl std::fmt::Display for Constraint {
    /// The text under which metrics count it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.ltarget, self.operand, self.rtarget)
    }
}

document! {
    /// A preference for nodes, or devices, that match.
    Affinity / AffinityDraft {
        /// Left side, such as `${node.class}`.
        ltarget: String = "LTarget" val show,
        /// Right side.
        rtarget: String = "RTarget" val show,
        /// How both are compared.
        operand: String = "Operand" val show,
        /// -100 to 100, not 0; negative means away from it.
        weight: i8 = "Weight" ptr show,
    }
}

document! {
    /// A wish to spread allocations over the values of an attribute.
    Spread / SpreadDraft {
        /// The attribute, such as `${node.datacenter}`.
        attribute: String = "Attribute" val show,
        /// 1 to 100, relative to the other spreads.
        weight: i8 = "Weight" ptr show,
        /// Shares of single values; without them all values are equal.
        targets: Vec<SpreadTarget> = "SpreadTarget" val show,
    }
}

document! {
    /// The share of allocations that one value should get.
    SpreadTarget / SpreadTargetDraft {
        /// Value of the attribute.
        value: String = "Value" val show,
        /// Percentage of the count.
        percent: u8 = "Percent" val show,
    }
}

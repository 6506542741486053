//! Devices of a node: groups of alike instances.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Name;

/// Alike devices of a node, such as two `nvidia/gpu/H200`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeDevice {
    /// Vendor.
    pub vendor: Name,
    /// Type.
    pub device_type: Name,
    /// Model.
    pub name: Name,
    /// Attributes with units.
    pub attributes: BTreeMap<Name, TypedValue>,
    /// The instances.
    pub instances: Vec<DeviceInstance>,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInstance {
    /// Its id.
    pub id: Name,
    /// Whether it works.
    pub healthy: bool,
    /// Why not.
    pub health_description: Name,
    /// PCI bus id.
    pub pci_bus: Name,
}

/// An attribute with its type and unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TypedValue {
    /// A truth value.
    Bool(bool),
    /// Text.
    Text(Name),
    /// A whole number with its unit, which may be empty.
    Int(i64, Name),
    /// A fraction with its unit, which may be empty.
    Float(f64, Name),
}

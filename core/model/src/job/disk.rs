//! Disk and volumes of a group.

use crate::document;

document! {
    /// Disk that the tasks of an allocation share.
    EphemeralDisk / EphemeralDiskDraft {
        /// Tries to stay on the node that has the data.
        sticky: bool = "Sticky" ptr show,
        /// Copies data to the next node.
        migrate: bool = "Migrate" ptr show,
        /// Size in MB.
        size_mb: i64 = "SizeMB" ptr show,
    }
}

document! {
    /// A volume that a group asks for.
    VolumeRequest / VolumeRequestDraft {
        /// Name in the group.
        name: String = "Name" val show,
        /// `host` or `csi`.
        volume_type: String = "Type" val show,
        /// Name of the volume on the node or in the cluster.
        source: String = "Source" val show,
        /// Mounted read-only.
        read_only: bool = "ReadOnly" val show,
        /// Pins allocations to the volume they first used.
        sticky: bool = "Sticky" val show,
        /// How it is shared between nodes.
        access_mode: String = "AccessMode" val show,
        /// `file-system` or `block-device`.
        attachment_mode: String = "AttachmentMode" val show,
        /// How it is mounted.
        mount_options: Option<MountOptions> = "MountOptions" ptr show,
        /// Appends the allocation's index to the source.
        per_alloc: bool = "PerAlloc" val show,
    }
}

document! {
    /// How a CSI volume is mounted.
    MountOptions / MountOptionsDraft {
        /// File system.
        fs_type: String = "FSType" val show,
        /// Flags of mount(8).
        mount_flags: Vec<String> = "MountFlags" val show,
    }
}

document! {
    /// Where a task mounts a volume of its group.
    VolumeMount / VolumeMountDraft {
        /// Name of the volume in the group.
        volume: String = "Volume" ptr show,
        /// Path in the task.
        destination: String = "Destination" ptr show,
        /// Mounted read-only.
        read_only: bool = "ReadOnly" ptr show,
        /// `private`, `host-to-task` or `bidirectional`.
        propagation_mode: String = "PropagationMode" ptr show,
        /// `z` or `Z`.
        selinux_label: String = "SELinuxLabel" ptr show,
    }
}

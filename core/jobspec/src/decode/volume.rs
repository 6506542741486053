//! Disk and volumes: `ephemeral_disk`, `volume`, `volume_mount`, `csi_plugin`.
//!
//! Limits: modes and types are checked by validation.

use model::{CsiPluginDraft, EphemeralDiskDraft, MountOptionsDraft, VolumeMountDraft, VolumeRequestDraft};

use super::reader::Reader;

pub(super) fn ephemeral_disk(reader: &mut Reader<'_>) -> EphemeralDiskDraft {
    EphemeralDiskDraft {
        sticky: reader.flag("sticky"),
        migrate: reader.flag("migrate"),
        size_mb: reader.number("size"),
    }
}

pub(super) fn volume(reader: &mut Reader<'_>, name: &str) -> VolumeRequestDraft {
    VolumeRequestDraft {
        name: Some(name.to_owned()),
        volume_type: reader.text("type"),
        source: reader.text("source"),
        read_only: reader.flag("read_only"),
        sticky: reader.flag("sticky"),
        access_mode: reader.text("access_mode"),
        attachment_mode: reader.text("attachment_mode"),
        mount_options: reader.single("mount_options", |reader| MountOptionsDraft {
            fs_type: reader.text("fs_type"),
            mount_flags: reader.texts("mount_flags"),
        }),
        per_alloc: reader.flag("per_alloc"),
    }
}

pub(super) fn volume_mount(reader: &mut Reader<'_>) -> VolumeMountDraft {
    VolumeMountDraft {
        volume: reader.text("volume"),
        destination: reader.text("destination"),
        read_only: reader.flag("read_only"),
        propagation_mode: reader.text("propagation_mode"),
        selinux_label: reader.text("selinux_label"),
    }
}

pub(super) fn csi_plugin(reader: &mut Reader<'_>) -> CsiPluginDraft {
    CsiPluginDraft {
        id: reader.text("id"),
        plugin_type: reader.text("type"),
        mount_dir: reader.text("mount_dir"),
        stage_publish_base_dir: reader.text("stage_publish_base_dir"),
        health_timeout: reader.duration("health_timeout"),
    }
}

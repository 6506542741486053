//! Volumes of a group, and where its tasks mount them.

use super::Problems;
use crate::{JobKind, Task, TaskGroup, VolumeRequest};

const READERS: [&str; 2] = ["single-node-reader-only", "multi-node-reader-only"];
const SINGLE_NODE: [&str; 4] = [
    "single-node-reader-only",
    "single-node-writer",
    "single-node-single-writer",
    "single-node-multi-writer",
];
const MULTI_NODE: [&str; 3] =
    ["multi-node-reader-only", "multi-node-single-writer", "multi-node-multi-writer"];

/// Checks the volumes that a group asks for.
pub(super) fn check_group(group: &TaskGroup, kind: JobKind, problems: &mut Problems) {
    for (name, volume) in &group.volumes {
        let mut inner = Problems::default();
        check_one(volume, group, kind, &mut inner);
        problems.nest(&format!("Task group volume {name}"), &inner);
    }
}

fn check_one(volume: &VolumeRequest, group: &TaskGroup, kind: JobKind, problems: &mut Problems) {
    problems.add_if(volume.source.is_empty(), || "volume has an empty source".to_owned());
    let mode = volume.access_mode.as_str();
    match volume.volume_type.as_str() {
        "host" => {
            problems.add_if(!mode.is_empty() && !SINGLE_NODE.contains(&mode), || {
                format!("host volumes cannot have access mode {mode:?}")
            });
            problems.add_if(volume.mount_options.is_some(), || {
                "host volumes cannot have mount options".to_owned()
            });
        }
        "csi" => check_csi(volume, group, problems),
        other => problems.add(format!("volume has unrecognized type {other:?}")),
    }
    problems.add_if(READERS.contains(&mode) && !volume.read_only, || {
        format!("volumes with access mode {mode:?} must be read-only")
    });
    let canaries = group.update.as_ref().is_some_and(|update| update.canary > 0);
    problems.add_if(volume.per_alloc && canaries, || {
        "volume cannot be per_alloc when canaries are in use".to_owned()
    });
    problems.add_if(volume.per_alloc && kind.is_system(), || {
        "volume cannot be per_alloc for system or sysbatch jobs".to_owned()
    });
    problems.add_if(volume.per_alloc && volume.sticky, || "volume cannot be per_alloc and sticky".to_owned());
}

fn check_csi(volume: &VolumeRequest, group: &TaskGroup, problems: &mut Problems) {
    let (mode, attachment) = (volume.access_mode.as_str(), volume.attachment_mode.as_str());
    problems.add_if(attachment.is_empty(), || "CSI volumes must have an attachment mode".to_owned());
    problems.add_if(!["", "file-system", "block-device"].contains(&attachment), || {
        format!("CSI volume has unrecognized attachment mode {attachment:?}")
    });
    problems.add_if(mode.is_empty(), || "CSI volumes must have an access mode".to_owned());
    let known = mode.is_empty() || SINGLE_NODE.contains(&mode) || MULTI_NODE.contains(&mode);
    problems.add_if(!known, || format!("CSI volume has unrecognized access mode {mode:?}"));
    let single = SINGLE_NODE.contains(&mode) || (mode == "multi-node-single-writer" && !volume.read_only);
    problems.add_if(single && group.count > 1 && !volume.per_alloc, || {
        format!(
            "volume with access mode {mode:?} cannot be shared by {} allocations without per_alloc",
            group.count
        )
    });
    problems.add_if(attachment == "block-device" && volume.mount_options.is_some(), || {
        "block devices cannot have mount options".to_owned()
    });
}

/// Checks where a task mounts volumes.
pub(super) fn check_mounts(task: &Task, group: &TaskGroup, problems: &mut Problems) {
    for (at, mount) in task.volume_mounts.iter().enumerate() {
        if mount.volume.is_empty() {
            problems.add(format!("Volume Mount ({at}) references an empty volume"));
        } else if !group.volumes.contains_key(&mount.volume) {
            problems.add(format!("Volume Mount ({at}) references undefined volume {}", mount.volume));
        } else {
            problems
                .add_if(mount.destination.is_empty(), || format!("Volume Mount ({at}) has no destination"));
        }
        let modes = ["", "private", "host-to-task", "bidirectional"];
        problems.add_if(!modes.contains(&mount.propagation_mode.as_str()), || {
            format!("Volume Mount ({at}) has an invalid propagation mode: {:?}", mount.propagation_mode)
        });
        problems.add_if(!["", "z", "Z"].contains(&mount.selinux_label.as_str()), || {
            format!("Volume Mount ({at}) has an invalid selinux label: {:?}", mount.selinux_label)
        });
    }
}

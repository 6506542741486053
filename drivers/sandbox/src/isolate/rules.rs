//! Which system calls a task may not make.
//!
//! Everything that the kernel had by Linux 6.13 is allowed but what stands here; what came later does not exist for a
//! task. A row with a capability falls away for a task that holds it: then the kernel's own check decides.

use libc::c_long;

/// What a task gets for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// `EPERM`.
    NotPermitted,
    /// `ENOSYS`: programs then do it in another way.
    NotThere,
}

/// One refused call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) call: c_long,
    pub(super) answer: Answer,
    /// Number of the capability that lifts it.
    pub(super) unless: Option<u32>,
}

/// The newest call that a task may know, `removexattrat`; the same on all architectures.
pub(super) const LAST_CALL: u32 = 466;

const DAC_READ_SEARCH: u32 = 2;
const SYS_MODULE: u32 = 16;
const SYS_RAWIO: u32 = 17;
const SYS_PTRACE: u32 = 19;
const SYS_PACCT: u32 = 20;
pub(super) const SYS_ADMIN: u32 = 21;
const SYS_BOOT: u32 = 22;
const SYS_TIME: u32 = 25;
const SYS_TTY_CONFIG: u32 = 26;
const SYSLOG: u32 = 34;
const PERFMON: u32 = 38;
const BPF: u32 = 39;

const fn unless(capability: u32, call: c_long) -> Rule {
    Rule { call, answer: Answer::NotPermitted, unless: Some(capability) }
}

const fn never(call: c_long) -> Rule {
    Rule { call, answer: Answer::NotPermitted, unless: None }
}

const fn absent(call: c_long) -> Rule {
    Rule { call, answer: Answer::NotThere, unless: None }
}

/// Refused on every architecture. `clone`, `ioctl`, `socket` and `personality` are looked at by argument instead.
pub(super) const RULES: &[Rule] = &[
    // Keys are not divided by namespaces.
    never(libc::SYS_add_key),
    never(libc::SYS_keyctl),
    never(libc::SYS_request_key),
    never(libc::SYS_userfaultfd),
    never(libc::SYS_nfsservctl),
    // Its flags are behind a pointer, which a filter cannot look at; libraries go on with `clone`.
    absent(libc::SYS_clone3),
    absent(libc::SYS_io_uring_setup),
    absent(libc::SYS_io_uring_enter),
    absent(libc::SYS_io_uring_register),
    unless(DAC_READ_SEARCH, libc::SYS_open_by_handle_at),
    unless(SYS_MODULE, libc::SYS_init_module),
    unless(SYS_MODULE, libc::SYS_finit_module),
    unless(SYS_MODULE, libc::SYS_delete_module),
    unless(SYS_PTRACE, libc::SYS_ptrace),
    unless(SYS_PTRACE, libc::SYS_process_vm_readv),
    unless(SYS_PTRACE, libc::SYS_process_vm_writev),
    unless(SYS_PTRACE, libc::SYS_pidfd_getfd),
    unless(SYS_PTRACE, libc::SYS_kcmp),
    unless(SYS_PACCT, libc::SYS_acct),
    unless(SYS_ADMIN, libc::SYS_mount),
    unless(SYS_ADMIN, libc::SYS_umount2),
    unless(SYS_ADMIN, libc::SYS_pivot_root),
    unless(SYS_ADMIN, libc::SYS_fsopen),
    unless(SYS_ADMIN, libc::SYS_fsconfig),
    unless(SYS_ADMIN, libc::SYS_fsmount),
    unless(SYS_ADMIN, libc::SYS_fspick),
    unless(SYS_ADMIN, libc::SYS_move_mount),
    unless(SYS_ADMIN, libc::SYS_open_tree),
    unless(SYS_ADMIN, libc::SYS_mount_setattr),
    unless(SYS_ADMIN, libc::SYS_setns),
    unless(SYS_ADMIN, libc::SYS_unshare),
    unless(SYS_ADMIN, libc::SYS_sethostname),
    unless(SYS_ADMIN, libc::SYS_setdomainname),
    unless(SYS_ADMIN, libc::SYS_swapon),
    unless(SYS_ADMIN, libc::SYS_swapoff),
    unless(SYS_ADMIN, libc::SYS_quotactl),
    unless(SYS_ADMIN, libc::SYS_quotactl_fd),
    unless(SYS_ADMIN, libc::SYS_fanotify_init),
    unless(SYS_ADMIN, libc::SYS_lookup_dcookie),
    unless(SYS_BOOT, libc::SYS_reboot),
    unless(SYS_BOOT, libc::SYS_kexec_load),
    unless(SYS_BOOT, libc::SYS_kexec_file_load),
    unless(SYS_TIME, libc::SYS_settimeofday),
    unless(SYS_TIME, libc::SYS_clock_settime),
    unless(SYS_TIME, libc::SYS_clock_adjtime),
    unless(SYS_TTY_CONFIG, libc::SYS_vhangup),
    unless(SYSLOG, libc::SYS_syslog),
    unless(PERFMON, libc::SYS_perf_event_open),
    unless(BPF, libc::SYS_bpf),
];

/// Refused where they exist: calls of old kernels, and ports of the machine.
#[cfg(target_arch = "x86_64")]
pub(super) const OLD_RULES: &[Rule] = &[
    never(libc::SYS_uselib),
    never(libc::SYS_ustat),
    never(libc::SYS_sysfs),
    never(libc::SYS__sysctl),
    unless(SYS_RAWIO, libc::SYS_iopl),
    unless(SYS_RAWIO, libc::SYS_ioperm),
];
/// None of them exists here.
#[cfg(not(target_arch = "x86_64"))]
pub(super) const OLD_RULES: &[Rule] = &[];

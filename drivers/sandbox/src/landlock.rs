//! Which Landlock the kernel offers.

/// Returns the version of the kernel's Landlock interface; `None` without it, or where it is switched off.
#[must_use]
pub fn abi_version() -> Option<u32> {
    const VERSION_FLAG: u32 = 1;
    // SAFETY: with a null attribute, size 0 and the version flag the call only returns a number.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION_FLAG,
        )
    };
    u32::try_from(version).ok().filter(|version| *version > 0)
}

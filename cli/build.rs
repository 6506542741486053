//! Links the binary at a fixed address.
//!
//! Purpose: the loader of a position-independent program writes 0.8 MB of pointers before `main`, in pages that every
//! process then has of its own. Each task has such a process, its executor, which is to cost 0.5 MB in all; at a fixed
//! address the pointers come from the file and are shared. Libraries, heap and stack stay at random addresses.
//! Limits: programs of this package only; Linux on x86-64 and aarch64 with a linker driver that knows `-no-pie`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-no-pie");
}

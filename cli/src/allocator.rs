//! The allocator of the process: the system's in executors, mimalloc elsewhere.
//!
//! Purpose: mimalloc reserves an arena that costs an executor 4 MB; the system's allocator costs it 0.2 MB. The
//! choice is made by a constructor that the loader runs before any Rust code allocates.
//! Limits: glibc on Linux, which passes the arguments to constructors. This is the only unsafe code of the crate.
#![expect(unsafe_code, reason = "a global allocator and a constructor cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{c_char, c_int};
use std::sync::atomic::{AtomicBool, Ordering};

use mimalloc::MiMalloc;

/// Set once, by [`choose`], before the first allocation.
static IS_EXECUTOR: AtomicBool = AtomicBool::new(false);

#[global_allocator]
static ALLOCATOR: Chosen = Chosen;

struct Chosen;

// SAFETY: every method passes its arguments on unchanged, and always to the same allocator, since the choice is made
// before the first allocation and never again.
unsafe impl GlobalAlloc for Chosen {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those of the chosen allocator.
        unsafe { if is_executor() { System.alloc(layout) } else { MiMalloc.alloc(layout) } }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those of the chosen allocator.
        unsafe { if is_executor() { System.alloc_zeroed(layout) } else { MiMalloc.alloc_zeroed(layout) } }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block came from the same allocator; the rest is promised by the caller.
        unsafe { if is_executor() { System.dealloc(block, layout) } else { MiMalloc.dealloc(block, layout) } }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the block came from the same allocator; the rest is promised by the caller.
        unsafe {
            if is_executor() {
                System.realloc(block, layout, new_size)
            } else {
                MiMalloc.realloc(block, layout, new_size)
            }
        }
    }
}

fn is_executor() -> bool {
    IS_EXECUTOR.load(Ordering::Relaxed)
}

/// Looks at the first argument. Runs in the loader: allocates nothing and cannot panic.
extern "C" fn choose(argc: c_int, argv: *const *const c_char, _envp: *const *const c_char) {
    if argc > 1 {
        // SAFETY: glibc passes `argc` pointers to texts that end with a zero byte, and `argc` is at least two.
        let is_executor = unsafe { libc::strcmp(*argv.add(1), c"executor".as_ptr()) == 0 };
        IS_EXECUTOR.store(is_executor, Ordering::Relaxed);
    }
}

// SAFETY: the section holds pointers to functions of this type, which the loader calls once before `main`.
#[used]
#[unsafe(link_section = ".init_array.00098")]
static CHOOSE: extern "C" fn(c_int, *const *const c_char, *const *const c_char) = choose;

//! Entry point: an executor, or the command line.
//!
//! Limits: an executor is dispatched before anything else, so that it starts no runtime and, by [`allocator`], has
//! no arena of its own.
#![deny(unsafe_code)]

mod allocator;

use std::process::ExitCode;

use nomadctl::{Invocation, Ui};

fn main() -> ExitCode {
    if executor::is_executor(std::env::args_os()) {
        return exit_code(executor::main(std::env::args_os()));
    }
    exit_code(nomadctl::run(&Invocation::from_process(), &Ui::standard()))
}

/// Returns a code as the system carries it: the low eight bits.
fn exit_code(code: i32) -> ExitCode {
    ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1))
}

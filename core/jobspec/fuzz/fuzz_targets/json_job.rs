//! Any text as a job in the JSON of the HTTP API: it is refused with a finding, or every later step takes it.
//!
//! Limits: the texts are whatever libFuzzer makes of the corpus; the claims are shared with the test that replays it.

#![no_main]

#[expect(dead_code, reason = "the other target uses the other claim")]
#[path = "../../tests/jobspec/claims.rs"]
mod claims;

libfuzzer_sys::fuzz_target!(|text: &str| {
    claims::hold_for_json(text);
});

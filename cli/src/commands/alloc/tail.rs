//! Streams of frames on their way to the terminal.
//!
//! Purpose: copy a stream, or show only its last lines first.
//! Limits: the first burst of a tail is held back until the agent is silent for 300 ms, and to 4 MiB at most.

use std::time::Duration;

use api::{FrameText, LogStream};

use crate::context::Context;
use crate::{CommandError, Ui};

/// Silence that ends the first burst.
const QUIET: Duration = Duration::from_millis(300);
/// Largest first burst in bytes; its beginning is dropped.
const MAX_BURST: usize = 4 << 20;
/// Bytes that a line of a log has on average; more are asked for than are shown.
const LINE_BYTES: u64 = 256;

/// Where a stream is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Out,
    Err,
}

/// How much of the end of a file is shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    Lines(u64),
    Bytes(u64),
}

impl Tail {
    /// Returns how many bytes before the end the stream must start.
    pub(super) fn offset(self) -> u64 {
        match self {
            Tail::Lines(lines) => lines.saturating_mul(LINE_BYTES).clamp(64 << 10, MAX_BURST as u64),
            Tail::Bytes(bytes) => bytes,
        }
    }
}

impl Target {
    fn write(self, ui: &Ui, bytes: &[u8]) {
        match self {
            Target::Out => ui.raw_out(bytes),
            Target::Err => ui.raw_err(bytes),
        }
    }
}

/// Prints a stream to its end, or until nobody reads any more.
pub(super) async fn copy(
    mut stream: LogStream,
    context: &Context<'_>,
    target: Target,
    tail: Option<Tail>,
) -> Result<(), CommandError> {
    if let Some(Tail::Lines(lines)) = tail {
        let (burst, more) = first_burst(&mut stream).await?;
        target.write(context.ui, last_lines(&burst, lines));
        if !more {
            return Ok(());
        }
    }
    while let Some(frame) = stream.next().await.map_err(reading)? {
        match frame {
            FrameText::Data(bytes) => target.write(context.ui, &bytes),
            FrameText::Event(event) => context.ui.warn(&format!("nomadctl: {event:?} event")),
            FrameText::Alive => {}
        }
        if context.ui.is_closed() {
            return Ok(());
        }
    }
    Ok(())
}

/// Reads until the stream pauses or ends; tells whether more may come.
async fn first_burst(stream: &mut LogStream) -> Result<(Vec<u8>, bool), CommandError> {
    let mut burst = Vec::new();
    let mut limit = Duration::from_secs(5);
    loop {
        match tokio::time::timeout(limit, stream.next()).await {
            Err(_) => return Ok((burst, true)),
            Ok(Err(error)) => return Err(reading(error)),
            Ok(Ok(None)) => return Ok((burst, false)),
            Ok(Ok(Some(FrameText::Data(bytes)))) => {
                burst.extend_from_slice(&bytes);
                let excess = burst.len().saturating_sub(MAX_BURST);
                burst.drain(..excess);
                limit = QUIET;
            }
            Ok(Ok(Some(FrameText::Alive))) => return Ok((burst, true)),
            Ok(Ok(Some(FrameText::Event(_)))) => {}
        }
    }
}

/// Returns the last lines of a text; a last line may lack its break.
fn last_lines(text: &[u8], lines: u64) -> &[u8] {
    let end = text.len() - usize::from(text.last() == Some(&b'\n'));
    let breaks = text[..end].iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    let Ok(skip) = usize::try_from(lines) else { return text };
    if skip == 0 {
        return &[];
    }
    match breaks.map(|(at, _)| at).nth(skip - 1) {
        Some(at) => &text[at + 1..],
        None => text,
    }
}

fn reading(error: api::ApiError) -> CommandError {
    CommandError::request("reading file", &error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_found_with_and_without_a_final_break() {
        assert_eq!(last_lines(b"a\nb\nc\n", 2), b"b\nc\n");
        assert_eq!(last_lines(b"a\nb\nc", 2), b"b\nc");
        assert_eq!(last_lines(b"a\n", 5), b"a\n");
        assert_eq!(last_lines(b"a\nb\n", 0), b"");
        assert_eq!(last_lines(b"", 3), b"");
    }
}

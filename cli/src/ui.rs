//! The only code that prints.
//!
//! Purpose: results and notices to stdout, warnings and errors to stderr, questions, and a block that is redrawn in
//! place on a terminal.
//! Limits: a reader that has gone away is no error; [`Ui::is_closed`] tells endless commands to stop.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Longest answer to a question in bytes.
const MAX_ANSWER: u64 = 4096;

type Sink = Mutex<Box<dyn Write + Send>>;

/// Input and output of a command.
pub struct Ui {
    out: Sink,
    err: Sink,
    input: Mutex<Box<dyn BufRead + Send>>,
    terminal: bool,
    input_terminal: bool,
    closed: AtomicBool,
}

/// What a command printed.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    out: Arc<Mutex<Vec<u8>>>,
    err: Arc<Mutex<Vec<u8>>>,
}

impl Ui {
    /// The standard streams of this process.
    #[must_use]
    pub fn standard() -> Ui {
        Ui {
            out: Mutex::new(Box::new(std::io::stdout())),
            err: Mutex::new(Box::new(std::io::stderr())),
            input: Mutex::new(Box::new(BufReader::new(std::io::stdin()))),
            terminal: std::io::stdout().is_terminal(),
            input_terminal: std::io::stdin().is_terminal(),
            closed: AtomicBool::new(false),
        }
    }

    /// Streams in memory, without a terminal.
    #[must_use]
    pub fn captured(input: &str) -> (Ui, Captured) {
        let captured = Captured::default();
        let ui = Ui {
            out: Mutex::new(Box::new(Shared(captured.out.clone()))),
            err: Mutex::new(Box::new(Shared(captured.err.clone()))),
            input: Mutex::new(Box::new(std::io::Cursor::new(input.as_bytes().to_vec()))),
            terminal: false,
            input_terminal: false,
            closed: AtomicBool::new(false),
        };
        (ui, captured)
    }

    /// Prints a result or notice and a line break to stdout.
    pub fn print(&self, text: &str) {
        self.write(&self.out, format!("{text}\n").as_bytes());
    }

    /// Prints a warning or an error and a line break to stderr.
    pub fn warn(&self, text: &str) {
        self.write(&self.err, format!("{text}\n").as_bytes());
    }

    /// Passes bytes on to stdout as they are.
    pub fn raw_out(&self, bytes: &[u8]) {
        self.write(&self.out, bytes);
    }

    /// Passes bytes on to stderr as they are.
    pub fn raw_err(&self, bytes: &[u8]) {
        self.write(&self.err, bytes);
    }

    /// Tells whether nobody reads the output any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Tells whether stdout is a terminal.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Tells whether stdin is a terminal.
    #[must_use]
    pub fn input_is_terminal(&self) -> bool {
        self.input_terminal
    }

    /// Asks a question and returns the answer; empty at the end of the input.
    pub fn ask(&self, question: &str) -> String {
        self.write(&self.out, format!("{question} ").as_bytes());
        let mut answer = String::new();
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        // An answer that cannot be read counts as none.
        let _ = input.by_ref().take(MAX_ANSWER).read_line(&mut answer);
        answer.trim().to_owned()
    }

    /// Asks for consent; anything but a clear yes, the end of the input among it, is a no.
    pub fn confirm(&self, question: &str) -> bool {
        matches!(self.ask(&format!("{question} [y/N]")).as_str(), "y" | "Y" | "yes")
    }

    /// Reads stdin to its end, at most `limit` bytes.
    pub fn read_input(&self, limit: u64) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        input.by_ref().take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(std::io::Error::other(format!("more than {limit} bytes")));
        }
        Ok(bytes)
    }

    /// Starts a block that is redrawn in place; without a terminal it shows nothing.
    #[must_use]
    pub fn live(&self) -> Live {
        let target = if self.terminal { ProgressDrawTarget::stdout() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is constant");
        bar.set_style(style.tick_chars("|/-\\ "));
        Live { bar }
    }

    fn write(&self, sink: &Sink, bytes: &[u8]) {
        let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
        if sink.write_all(bytes).and_then(|()| sink.flush()).is_err() {
            self.closed.store(true, Ordering::Relaxed);
        }
    }
}

impl std::fmt::Debug for Ui {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ui").field("terminal", &self.terminal).finish_non_exhaustive()
    }
}

/// A block that is redrawn in place.
#[derive(Debug)]
pub struct Live {
    bar: ProgressBar,
}

impl Live {
    /// Shows a text instead of the one before.
    pub fn set(&self, text: &str) {
        self.bar.set_message(text.to_owned());
        self.bar.tick();
    }

    /// Removes the block.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Captured {
    /// Returns what went to stdout.
    #[must_use]
    pub fn stdout(&self) -> String {
        text(&self.out)
    }

    /// Returns what went to stderr.
    #[must_use]
    pub fn stderr(&self) -> String {
        text(&self.err)
    }
}

fn text(bytes: &Mutex<Vec<u8>>) -> String {
    String::from_utf8_lossy(&bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

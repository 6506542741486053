//! Streams of frames.
//!
//! Purpose: logs and files come as JSON objects without separators; `{}` says that the stream lives.
//! Limits: a frame has 1 MiB at most (agents send 64 KiB of data in one).

use base64::Engine as _;
use bytes::{Buf, BytesMut};
use serde::Deserialize;

use crate::{ApiError, Response};

/// Largest frame in bytes of JSON.
const MAX_FRAME: usize = 1 << 20;

/// One frame of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StreamFrame {
    /// Offset in the file behind the data.
    pub offset: u64,
    /// Data in base64.
    pub data: String,
    /// File the data is from.
    pub file: String,
    /// `file deleted` or `file truncated`, when that happened.
    pub file_event: String,
}

/// What a frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameText {
    /// Data of the file.
    Data(Vec<u8>),
    /// Something happened to the file.
    Event(String),
    /// Nothing but that the stream lives.
    Alive,
}

/// Cuts bytes into frames.
#[derive(Debug, Default)]
pub struct FrameReader {
    rest: BytesMut,
}

impl FrameReader {
    /// Adds bytes and returns the frames that are complete now.
    ///
    /// # Errors
    /// A text: the bytes are no frames, or one is too large.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<StreamFrame>, String> {
        self.rest.extend_from_slice(bytes);
        let mut frames = Vec::new();
        let mut values = serde_json::Deserializer::from_slice(&self.rest).into_iter::<StreamFrame>();
        let mut done = 0;
        loop {
            match values.next() {
                Some(Ok(frame)) => {
                    frames.push(frame);
                    done = values.byte_offset();
                }
                Some(Err(error)) if !error.is_eof() => return Err(error.to_string()),
                Some(Err(_)) | None => break,
            }
        }
        self.rest.advance(done);
        if self.rest.len() > MAX_FRAME {
            return Err(format!("a frame of more than {MAX_FRAME} bytes"));
        }
        Ok(frames)
    }
}

impl StreamFrame {
    /// Decodes what the frame says.
    ///
    /// # Errors
    /// A text: the data is no base64.
    pub fn text(&self) -> Result<FrameText, String> {
        if !self.data.is_empty() {
            let data = base64::engine::general_purpose::STANDARD.decode(&self.data);
            return data.map(FrameText::Data).map_err(|error| error.to_string());
        }
        if self.file_event.is_empty() {
            Ok(FrameText::Alive)
        } else {
            Ok(FrameText::Event(self.file_event.clone()))
        }
    }
}

/// A stream of frames that is being read.
#[derive(Debug)]
pub struct LogStream {
    response: Response,
    reader: FrameReader,
    ready: std::collections::VecDeque<StreamFrame>,
}

impl LogStream {
    pub(crate) fn new(response: Response) -> LogStream {
        LogStream { response, reader: FrameReader::default(), ready: std::collections::VecDeque::new() }
    }

    /// Returns what the next frame says; `None` at the end of the stream.
    pub async fn next(&mut self) -> Result<Option<FrameText>, ApiError> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return frame.text().map(Some).map_err(|reason| self.unreadable(reason));
            }
            let Some(bytes) = self.response.chunk().await? else { return Ok(None) };
            let frames = self.reader.push(&bytes).map_err(|reason| self.unreadable(reason))?;
            self.ready.extend(frames);
        }
    }

    fn unreadable(&self, reason: String) -> ApiError {
        ApiError::Decode { url: self.response.url().to_owned(), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_wherever_the_bytes_are_cut() {
        let text =
            br#"{"Data":"bGluZSAxCg==","File":"a.stdout.0","Offset":7}{}{"FileEvent":"file truncated"}"#;
        for cut in 0..text.len() {
            let mut reader = FrameReader::default();
            let mut frames = reader.push(&text[..cut]).unwrap();
            frames.extend(reader.push(&text[cut..]).unwrap());
            let said: Vec<FrameText> = frames.iter().map(|frame| frame.text().unwrap()).collect();
            assert_eq!(
                said,
                [
                    FrameText::Data(b"line 1\n".to_vec()),
                    FrameText::Alive,
                    FrameText::Event("file truncated".to_owned())
                ],
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_frames_are_refused() {
        assert!(FrameReader::default().push(b"<html>").is_err());
        let mut reader = FrameReader::default();
        let half = format!("{{\"Data\":\"{}", "A".repeat(MAX_FRAME));
        assert!(reader.push(half.as_bytes()).unwrap_err().contains("more than"));
    }
}

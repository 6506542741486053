//! As much of HTTP/1.1 as the benchmark needs, over a bare connection: no client of ours is measured along.
//!
//! Limits: one request a connection, a body with its length, answers of at most 16 MB that are JSON.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How long connecting, and each read or write, may take.
const LIMIT: Duration = Duration::from_secs(10);
/// Longest answer in bytes.
const MAX_ANSWER: u64 = 16 << 20;

/// Sends a request with a JSON body (or none when it is empty) and returns the JSON of a successful answer.
pub(crate) fn request(address: SocketAddr, method: &str, path: &str, body: &str) -> Result<Value> {
    exchange(address, method, path, body).with_context(|| format!("{method} http://{address}{path}"))
}

fn exchange(address: SocketAddr, method: &str, path: &str, body: &str) -> Result<Value> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT).context("cannot connect")?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).context("cannot send")?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer).context("cannot read the answer")?;
    parse(&answer)
}

fn parse(answer: &[u8]) -> Result<Value> {
    let text = String::from_utf8_lossy(answer);
    let (head, rest) = text.split_once("\r\n\r\n").context("the answer has no end of its headers")?;
    let mut lines = head.lines();
    let status =
        lines.next().and_then(|line| line.split_whitespace().nth(1)).context("the answer has no status")?;
    let mut length = None;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse::<usize>().context("the length of the answer is no number")?);
        }
    }
    let length = length.context("the answer does not say its length")?;
    let body = rest.get(..length).with_context(|| format!("{} of {length} bytes arrived", rest.len()))?;
    if !status.starts_with('2') {
        bail!("status {status}: {}", body.trim());
    }
    serde_json::from_str(body).context("the answer is no JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successful_answer_is_its_json() {
        let answer =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ncontent-length: 7\r\n\r\n{\"a\":1}";
        assert_eq!(parse(answer).unwrap()["a"], 1);
    }

    #[test]
    fn a_refusal_is_an_error_with_its_text() {
        let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\njob not found";
        assert_eq!(parse(answer).unwrap_err().to_string(), "status 404: job not found");
    }

    #[test]
    fn half_an_answer_is_an_error() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":";
        assert_eq!(parse(answer).unwrap_err().to_string(), "5 of 9 bytes arrived");
    }
}

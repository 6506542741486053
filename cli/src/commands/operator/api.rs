//! `operator api`.

use api::{Body, Method, Query, Request};

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Largest body that is read from stdin, in bytes.
const MAX_BODY: u64 = 64 << 20;

/// Send any request to the API
///
/// Prints the body of the answer, whatever its status; the exit code is 0 as soon as there is an answer. Without -X
/// the method is GET, or POST with stdin as its body when stdin is no terminal.
#[derive(clap::Args, Debug)]
pub(crate) struct ApiArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// HTTP method
    #[arg(long = "X", value_name = "method")]
    method: Option<String>,

    /// Header, such as 'Accept: text/plain'. May be repeated
    #[arg(long = "H", value_name = "header", action = clap::ArgAction::Append)]
    headers: Vec<String>,

    /// Filter expression
    #[arg(long, value_name = "expression")]
    filter: Option<String>,

    /// Print a curl command instead of sending the request
    #[arg(long)]
    dryrun: bool,

    /// Print also the status and headers, to stderr
    #[arg(long)]
    verbose: bool,

    /// Path such as /v1/jobs
    #[arg(value_name = "path")]
    path: String,
}

impl ApiArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let request = self.request(context)?;
        if self.dryrun {
            let address = &client.config().address;
            let headers: String = self.headers.iter().map(|header| format!(" -H {header:?}")).collect();
            context.ui.print(&format!("curl -X {}{headers} {address}{}", request.method, request.path));
            return Ok(Exit::OK);
        }
        let failed = |error| CommandError::request("performing request", &error);
        let mut response = client.send(request).await.map_err(failed)?;
        if self.verbose {
            context.ui.warn(&format!("< HTTP {}", response.status));
            for (name, value) in &response.headers {
                context.ui.warn(&format!("< {name}: {}", String::from_utf8_lossy(value.as_bytes())));
            }
        }
        let mut last = b'\n';
        while let Some(bytes) = response.chunk().await.map_err(failed)? {
            context.ui.raw_out(&bytes);
            last = bytes.last().copied().unwrap_or(last);
            if context.ui.is_closed() {
                break;
            }
        }
        if last != b'\n' && context.ui.is_terminal() {
            context.ui.raw_out(b"\n");
        }
        Ok(Exit::OK)
    }

    fn request(&self, context: &Context<'_>) -> Result<Request, CommandError> {
        let body = if self.method.is_none() && !context.ui.input_is_terminal() {
            let read = context.ui.read_input(MAX_BODY);
            Some(read.map_err(|error| CommandError::failed(format!("Error reading stdin: {error}")))?)
        } else {
            None
        };
        let method = match (&self.method, &body) {
            (Some(name), _) => Method::from_bytes(name.to_ascii_uppercase().as_bytes())
                .map_err(|_| CommandError::failed(format!("{name:?} is no HTTP method")))?,
            (None, Some(_)) => Method::POST,
            (None, None) => Method::GET,
        };
        let slash = if self.path.starts_with('/') { "" } else { "/" };
        let query = Query { filter: self.filter.clone(), ..Query::default() };
        let mut request = Request::new(method, format!("{slash}{}", self.path), query);
        request.body = body.map_or(Body::Empty, Body::Bytes);
        for header in &self.headers {
            let Some((name, value)) = header.split_once(':') else {
                return Err(CommandError::failed(format!("{header:?} is no header: expected 'Name: value'")));
            };
            request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        Ok(request)
    }
}

//! Flags that every command with an agent at the other end takes.
//!
//! Purpose: address, region, namespace, token and TLS files from flags, then from the environment, then from the
//! configuration directory.
//! Limits: nothing is connected here; the files are read when the client is made.

use std::path::PathBuf;

use api::{Address, Client, ClientConfig, TlsFiles};

use crate::{CommandError, Environment};

/// Where an agent listens unless told otherwise.
const DEFAULT_ADDRESS: &str = "http://127.0.0.1:4646";

/// General options.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct GlobalArgs {
    /// Address of the agent: http://, https://, unix:// or quic://. Overrides NOMAD_ADDR. Default: http://127.0.0.1:4646
    #[arg(long, value_name = "addr")]
    pub address: Option<String>,

    /// Region to ask. Overrides NOMAD_REGION. Default: the agent's
    #[arg(long, value_name = "region")]
    pub region: Option<String>,

    /// Namespace to ask; '*' lists all. Overrides NOMAD_NAMESPACE. Default: default
    #[arg(long, value_name = "namespace")]
    pub namespace: Option<String>,

    /// Secret id of the ACL token. Overrides NOMAD_TOKEN
    #[arg(long, value_name = "token")]
    pub token: Option<String>,

    /// CA certificate that agents are verified with. Overrides NOMAD_CACERT. Default: ca.pem in the configuration
    /// directory, $XDG_CONFIG_HOME/nomadctl or ~/.config/nomadctl
    #[arg(long, value_name = "path")]
    pub ca_cert: Option<PathBuf>,

    /// Directory of CA certificates. Overrides NOMAD_CAPATH
    #[arg(long, value_name = "path")]
    pub ca_path: Option<PathBuf>,

    /// Own certificate. Overrides NOMAD_CLIENT_CERT. Default: cli.pem in the configuration directory
    #[arg(long, value_name = "path")]
    pub client_cert: Option<PathBuf>,

    /// Key of the own certificate. Overrides NOMAD_CLIENT_KEY. Default: cli-key.pem in the configuration directory
    #[arg(long, value_name = "path")]
    pub client_key: Option<PathBuf>,

    /// Name to expect in the agent's certificate. Overrides NOMAD_TLS_SERVER_NAME
    #[arg(long, value_name = "name")]
    pub tls_server_name: Option<String>,

    /// Accept any certificate of the agent. Overrides NOMAD_SKIP_VERIFY
    #[arg(long, alias = "insecure")]
    pub tls_skip_verify: bool,

    /// Print without colours. NOMAD_CLI_NO_COLOR does the same
    #[arg(long)]
    pub no_color: bool,

    /// Print colours even without a terminal. NOMAD_CLI_FORCE_COLOR does the same
    #[arg(long)]
    pub force_color: bool,
}

impl GlobalArgs {
    /// Makes a client with these settings.
    pub(crate) fn connect(config: ClientConfig) -> Result<Client, CommandError> {
        Client::new(config).map_err(|error| {
            CommandError::failed(format!("Error initializing client: {error}"))
                .hint(
                    "Certificates come from flags, NOMAD_* variables, or ca.pem, cli.pem and cli-key.pem in",
                )
                .hint("$XDG_CONFIG_HOME/nomadctl or ~/.config/nomadctl. 'nomadctl tls' makes them.")
        })
    }

    /// Puts flags, environment and configuration directory together.
    pub(crate) fn client_config(&self, env: &Environment) -> Result<ClientConfig, CommandError> {
        let pick = |flag: &Option<String>, name: &str| {
            flag.clone().filter(|value| !value.is_empty()).or_else(|| env.get(name).map(str::to_owned))
        };
        let address = pick(&self.address, "NOMAD_ADDR").unwrap_or_else(|| DEFAULT_ADDRESS.to_owned());
        let address = Address::parse(&address)
            .map_err(|error| CommandError::failed(format!("Error initializing client: {error}")))?;
        let mut config = ClientConfig::new(address);
        config.region = pick(&self.region, "NOMAD_REGION");
        config.namespace = pick(&self.namespace, "NOMAD_NAMESPACE");
        config.token = pick(&self.token, "NOMAD_TOKEN");
        config.basic_auth = env.get("NOMAD_HTTP_AUTH").map(str::to_owned);
        config.tls = self.tls(env);
        Ok(config)
    }

    fn tls(&self, env: &Environment) -> TlsFiles {
        let directory = configuration_directory(env);
        let in_directory = |name: &str| {
            let path = directory.as_ref()?.join(name);
            path.is_file().then_some(path)
        };
        let given =
            |flag: &Option<PathBuf>, name: &str| flag.clone().or_else(|| env.get(name).map(PathBuf::from));
        let ca_path = given(&self.ca_path, "NOMAD_CAPATH");
        let ca_cert = given(&self.ca_cert, "NOMAD_CACERT")
            .or_else(|| if ca_path.is_none() { in_directory("ca.pem") } else { None });
        let cert = given(&self.client_cert, "NOMAD_CLIENT_CERT");
        let key = given(&self.client_key, "NOMAD_CLIENT_KEY");
        // A pair is taken from one place.
        let (client_cert, client_key) = match (cert, key) {
            (None, None) => (in_directory("cli.pem"), in_directory("cli-key.pem")),
            pair => pair,
        };
        TlsFiles {
            ca_cert,
            ca_path,
            client_cert,
            client_key,
            server_name: self
                .tls_server_name
                .clone()
                .or_else(|| env.get("NOMAD_TLS_SERVER_NAME").map(str::to_owned)),
            skip_verify: self.tls_skip_verify || env.switch("NOMAD_SKIP_VERIFY").unwrap_or(false),
        }
    }
}

/// Returns the directory of a person's own settings.
fn configuration_directory(env: &Environment) -> Option<PathBuf> {
    let base = env.get("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = || env.get("HOME").map(|home| PathBuf::from(home).join(".config"));
    Some(base.or_else(home)?.join(crate::PROGRAM))
}

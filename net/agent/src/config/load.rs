//! Reading files and folders of configuration, in order, and checking the result.

use std::fs;
use std::path::{Path, PathBuf};

use super::section::Section;
use super::{AgentConfig, ConfigError, MAX_FILE, decode, hcl1, json};

/// Applies files to `config`, in order; of a folder its `*.hcl` and `*.json` files, by name.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn load(paths: &[PathBuf], config: &mut AgentConfig) -> Result<(), ConfigError> {
    for path in paths {
        for file in files(path)? {
            apply(&file, &read(&file)?, config)?;
        }
    }
    Ok(())
}

fn read_error(path: &Path) -> impl FnOnce(std::io::Error) -> ConfigError {
    let path = path.to_owned();
    |source| ConfigError::Read { path, source }
}

fn files(path: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    if !fs::metadata(path).map_err(read_error(path))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(read_error(path))? {
        let file = entry.map_err(read_error(path))?.path();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_backup = name.ends_with('~') || name.starts_with(".#") || name.starts_with('#');
        if !is_backup && (name.ends_with(".hcl") || name.ends_with(".json")) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String, ConfigError> {
    if fs::metadata(path).map_err(read_error(path))?.len() > MAX_FILE {
        return Err(ConfigError::TooLong { path: path.to_owned() });
    }
    fs::read_to_string(path).map_err(read_error(path))
}

fn apply(path: &Path, text: &str, config: &mut AgentConfig) -> Result<(), ConfigError> {
    let file = path.display().to_string();
    let items = if text.trim_start().starts_with('{') {
        json::parse(&file, text)?
    } else {
        hcl1::parse(&file, text)?
    };
    decode::apply(Section::new(&file, "", items), config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<AgentConfig, String> {
        let mut config = AgentConfig::default();
        apply(Path::new("agent.hcl"), text, &mut config).map(|()| config).map_err(|error| error.to_string())
    }

    #[test]
    fn the_forms_of_hcl1_are_read() {
        let config = check(
            r#"
            region = "eu" datacenter = "dc2"
            "data_dir" = "/var/lib/nomad" # where it lives
            ports { http = 14646, rpc = 14647 }
            server { enabled = true bootstrap_expect = 3 server_join { retry_join = ["10.0.0.1", "10.0.0.2:4647"] } }
            client {
              enabled = true
              meta { rack = "r1" tier = 3 }
              host_volume "data" { path = "/srv" read_only = true }
            }
            plugin "raw_exec" { config { enabled = true } }
            "#,
        )
        .unwrap();
        assert_eq!((config.region.as_str(), config.ports.http), ("eu", 14646));
        assert_eq!(config.server.retry_join, ["10.0.0.1", "10.0.0.2:4647"]);
        assert_eq!(config.client.meta["tier"], "3");
        assert!(config.client.host_volumes["data"].read_only);
        assert_eq!(config.plugins["raw_exec"], serde_json::json!({"enabled": true}));
    }

    #[test]
    fn json_is_read_too() {
        let config = check(r#"{"server": {"enabled": true}, "client": [{"enabled": true}]}"#).unwrap();
        assert!(config.server.enabled);
        assert!(config.client.enabled);
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let cases = [
            ("regoin = \"eu\"", "agent.hcl:1: unknown key \"regoin\": did you mean \"region\"?"),
            (
                "\nserver {\n  enabeld = true\n}",
                "agent.hcl:3: unknown key \"server.enabeld\": did you mean \"enabled\"?",
            ),
            ("ports { http = 70000 }", "agent.hcl:1: \"ports.http\" must be a port from 0 to 65535"),
            ("server { enabled = 3 }", "agent.hcl:1: \"server.enabled\" must be true or false"),
            ("region = ", "agent.hcl:1: expected a value"),
            ("server {", "agent.hcl:1: expected \"}\""),
        ];
        for (text, message) in cases {
            assert_eq!(check(text).unwrap_err(), message, "{text}");
        }
    }

    #[test]
    fn hostile_nesting_is_refused() {
        let text = "a { ".repeat(1_000);
        assert!(check(&text).unwrap_err().contains("levels deep"));
    }
}

//! The `config` block of a `java` task.

use driver::ConfigMap;
use driver::config::{ConfigError, ConfigErrors, Field, Kind, decode};

use crate::exec;

const FIELDS: &[Field] = &[
    Field::optional("class", Kind::Text),
    Field::optional("class_path", Kind::Text),
    Field::optional("jar_path", Kind::Text),
    Field::optional("jvm_options", Kind::TextList),
    Field::optional("args", Kind::TextList),
    Field::optional("work_dir", Kind::Text),
    Field::optional("pid_mode", Kind::Text),
    Field::optional("ipc_mode", Kind::Text),
    Field::optional("cap_add", Kind::TextList),
    Field::optional("cap_drop", Kind::TextList),
];

/// Name of the program.
pub(super) const PROGRAM: &str = "java";

/// Checks a block, and returns it as the block of the `exec` task that runs it.
///
/// # Errors
/// Every mistake, each with its place.
pub(super) fn command(config: &ConfigMap) -> Result<exec::Config, ConfigErrors> {
    let decoded = decode(FIELDS, config)?;
    let given = |key: &str| decoded.text(key).filter(|text| !text.is_empty());
    let (class, jar) = (given("class"), given("jar_path"));
    if class.is_none() && jar.is_none() {
        return Err(ConfigError::new("config", "one of \"class\" and \"jar_path\" is required").into());
    }
    let mut args = decoded.text_list("jvm_options").unwrap_or_default();
    for (option, value) in [("-cp", given("class_path")), ("-jar", jar)] {
        args.extend(value.into_iter().flat_map(|value| [option.to_owned(), value]));
    }
    args.extend(class);
    args.extend(decoded.text_list("args").unwrap_or_default());
    let shared = ["work_dir", "pid_mode", "ipc_mode", "cap_add", "cap_drop"];
    let mut block: ConfigMap =
        shared.into_iter().filter_map(|key| Some((key.to_owned(), config.get(key)?.clone()))).collect();
    block.insert("command".to_owned(), PROGRAM.into());
    block.insert("args".to_owned(), args.into());
    exec::Config::decode(&block)
}

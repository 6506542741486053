//! Go templates for `-t`.
//!
//! Purpose: `{{.ID}}` over the JSON of an answer.
//! Limits: the functions of Go's text/template, and those of `sprig`.

use serde_json::Value;

use super::sprig::functions;

/// Passes of all loops of a template.
const MAX_LOOPS: u64 = 1_000_000;

/// Why a template gave no text.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It cannot be parsed, or the data does not fit it.
    #[error("template: {0}")]
    Template(String),
}

/// Renders a template over JSON.
pub fn render_template(template: &str, data: &Value) -> Result<String, TemplateError> {
    let failed = |error: gotmpl::TemplateError| TemplateError::Template(error.to_string());
    let data = gotmpl::to_value(data).map_err(failed)?;
    gotmpl::Template::new("")
        .max_range_iters(MAX_LOOPS)
        .funcs(functions())
        .parse(template)
        .map_err(failed)?
        .execute_to_string(&data)
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_loops_work() {
        let data = serde_json::json!([{"ID": "a", "Version": 3}, {"ID": "b", "Version": 4}]);
        let text = render_template("{{range .}}{{.ID}}:{{.Version}} {{end}}", &data).unwrap();
        assert_eq!(text, "a:3 b:4 ");
    }

    #[test]
    fn a_broken_template_and_an_unknown_function_are_refused() {
        assert!(render_template("{{.ID", &Value::Null).is_err());
        let error = render_template("{{sprig_env .ID}}", &Value::Null).unwrap_err().to_string();
        assert!(error.contains("sprig_env"), "{error}");
    }
}

//! Schedules of periodic jobs: whether a cron expression can be read.
//!
//! Limits: checks the form of each field, not whether its time ever comes (30 February is accepted).

use super::Problems;
use crate::job::launch::{MONTHS, NAMED, WEEKDAYS};
use crate::{JobKind, Periodic, ScheduleError};

/// Fields of the longest form: second, minute, hour, day of the month, month, day of the week, year.
const FIELDS: [Field; 7] = [
    Field { name: "second", min: 0, max: 59, names: &[] },
    Field { name: "minute", min: 0, max: 59, names: &[] },
    Field { name: "hour", min: 0, max: 23, names: &[] },
    Field { name: "day-of-month", min: 1, max: 31, names: &[] },
    Field { name: "month", min: 1, max: 12, names: &MONTHS },
    Field { name: "day-of-week", min: 0, max: 7, names: &WEEKDAYS },
    Field { name: "year", min: 1970, max: 2099, names: &[] },
];

struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    /// Names of the values, the first one for the smallest value.
    names: &'static [&'static str],
}

/// Checks when a job is launched.
pub(super) fn check(periodic: &Periodic, kind: JobKind, problems: &mut Problems) {
    problems.add_if(!kind.is_batch(), || {
        "Periodic can only be used with \"batch\" or \"sysbatch\" scheduler".to_owned()
    });
    if !periodic.enabled {
        return;
    }
    let mut inner = Problems::default();
    let both = !periodic.spec.is_empty() && !periodic.specs.is_empty();
    inner.add_if(both, || "Only cron or crons may be used".to_owned());
    inner.add_if(periodic.spec.is_empty() && periodic.specs.is_empty(), || "Must specify a spec".to_owned());
    inner.add_if(!["", "cron"].contains(&periodic.spec_type.as_str()), || {
        format!("Unknown periodic specification type {:?}", periodic.spec_type)
    });
    if !both {
        for spec in [&periodic.spec].into_iter().filter(|spec| !spec.is_empty()).chain(&periodic.specs) {
            if let Some(problem) = cron_problem(spec) {
                inner.add(format!("Invalid cron spec {spec:?}: {problem}"));
            }
        }
    }
    if let Err(error @ ScheduleError::TimeZone(_)) = periodic.schedule("") {
        inner.add(error.to_string());
    }
    problems.nest_unnamed(&inner);
}

/// What is wrong with a cron expression.
fn cron_problem(spec: &str) -> Option<String> {
    let spec = spec.trim().to_ascii_lowercase();
    if spec.starts_with('@') {
        return (!NAMED.iter().any(|(name, _)| *name == spec)).then(|| format!("unknown name {spec:?}"));
    }
    let given: Vec<&str> = spec.split_whitespace().collect();
    let fields = match given.len() {
        0..=4 => return Some("missing field(s)".to_owned()),
        5 => &FIELDS[1..6],
        6 => &FIELDS[1..],
        7 => &FIELDS[..],
        _ => return Some("too many fields".to_owned()),
    };
    let wrong = fields.iter().zip(&given).find_map(|(field, text)| Some((field, field.wrong_part(text)?)));
    wrong.map(|(field, part)| format!("syntax error in {} field: '{part}'", field.name))
}

impl Field {
    /// The first part of a list that cannot be read.
    fn wrong_part<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.split(',').find(|part| !self.reads(part))
    }

    fn reads(&self, part: &str) -> bool {
        let (base, step) = part.split_once('/').map_or((part, None), |(base, step)| (base, Some(step)));
        if step.is_some_and(|step| !step.parse::<u32>().is_ok_and(|step| step > 0)) {
            return false;
        }
        if base == "*" || base == "?" {
            return true;
        }
        match base.split_once('-') {
            Some((from, to)) => {
                self.value(from).is_some_and(|from| self.value(to).is_some_and(|to| from <= to))
            }
            None => self.value(base).is_some() || (step.is_none() && self.reads_special(base)),
        }
    }

    /// `L` (last), `15W` (working day nearest to the 15th), `5#3` (third Friday), `5L` (last Friday).
    fn reads_special(&self, text: &str) -> bool {
        match self.name {
            "day-of-month" => {
                ["l", "lw"].contains(&text)
                    || text.strip_suffix('w').is_some_and(|day| self.value(day).is_some())
            }
            "day-of-week" => {
                let nth = text.split_once('#').is_some_and(|(day, nth)| {
                    self.value(day).is_some() && nth.parse().is_ok_and(|nth: u32| (1..=5).contains(&nth))
                });
                nth || text.strip_suffix('l').is_some_and(|day| self.value(day).is_some())
            }
            _ => false,
        }
    }

    fn value(&self, text: &str) -> Option<u32> {
        if let Some(at) = self.names.iter().position(|name| text.starts_with(name)) {
            return Some(self.min + u32::try_from(at).ok()?);
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|value| digits && (self.min..=self.max).contains(value))
    }
}

#[cfg(test)]
mod tests {
    use super::cron_problem;
    use crate::Periodic;

    #[test]
    fn schedules_of_five_to_seven_fields_and_names_are_read() {
        for spec in [
            "* * * * *",
            "*/15 0-23/2 1,15 jan-mar mon-fri",
            "0 0 L * *",
            "0 0 15W * *",
            "0 0 LW * *",
            "10/5,30 4-9/2 1-15,20/2 2/3 sun-5/2 2030/2",
            "0 0 * * 5#3",
            "0 0 * * FRIL",
            "0 12 ? * 7 2030",
            "30 0 12 * * * *",
            "@Daily",
        ] {
            assert_eq!(cron_problem(spec), None, "{spec}");
            let periodic = Periodic { spec: spec.to_owned(), ..Periodic::default() };
            assert!(periodic.schedule("").is_ok(), "{spec} has times: {:?}", periodic.schedule(""));
        }
    }

    #[test]
    fn the_field_that_cannot_be_read_is_named() {
        for (spec, problem) in [
            ("61 * * * *", "syntax error in minute field: '61'"),
            ("* 5-2 * * *", "syntax error in hour field: '5-2'"),
            ("* * 0 * *", "syntax error in day-of-month field: '0'"),
            ("* * * 13 *", "syntax error in month field: '13'"),
            ("* * * * 1,8", "syntax error in day-of-week field: '8'"),
            ("*/0 * * * *", "syntax error in minute field: '*/0'"),
            ("60 * * * * * *", "syntax error in second field: '60'"),
            ("* * * *", "missing field(s)"),
            ("@never", "unknown name \"@never\""),
        ] {
            assert_eq!(cron_problem(spec).as_deref(), Some(problem), "{spec}");
        }
    }
}

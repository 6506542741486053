//! Path patterns.
//!
//! Purpose: match a decoded path against `/v1/job/*id/plan`. A `*name` takes one or more segments, so an id may
//! hold slashes and what follows it is matched as a suffix.
//! Limits: at most one `*name` a pattern; a parameter never matches the empty text.

/// A path with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(&'static str),
    One(&'static str),
    Many(&'static str),
}

/// The values of a pattern's holes, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(&'static str, String)>);

impl Params {
    /// Returns a value. The name must be one of the route's pattern.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == name);
        debug_assert!(found.is_some(), "the pattern has no parameter {name}");
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

impl Pattern {
    /// Reads a pattern.
    #[must_use]
    pub fn new(path: &'static str) -> Pattern {
        let segments = path.split('/').skip(1).map(|segment| match segment.split_at_checked(1) {
            Some((":", name)) => Segment::One(name),
            Some(("*", name)) => Segment::Many(name),
            _ => Segment::Literal(segment),
        });
        Pattern { segments: segments.collect() }
    }

    /// Orders patterns that match the same path: the one with more literal segments wins, then the one without
    /// a `*name`.
    #[must_use]
    pub fn rank(&self) -> (usize, bool) {
        let literals = self.segments.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count();
        (literals, !self.segments.iter().any(|segment| matches!(segment, Segment::Many(_))))
    }

    /// Matches a decoded path.
    #[must_use]
    pub fn matches(&self, path: &str) -> Option<Params> {
        let given: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let wide = self.segments.iter().position(|segment| matches!(segment, Segment::Many(_)));
        let Some(wide) = wide else {
            let mut params = Params::default();
            return take(&self.segments, &given, &mut params).then_some(params);
        };
        let after = self.segments.len() - wide - 1;
        if given.len() < self.segments.len() {
            return None;
        }
        let (head, rest) = given.split_at(wide);
        let (middle, tail) = rest.split_at(rest.len() - after);
        let mut params = Params::default();
        let fits = take(&self.segments[..wide], head, &mut params)
            && take(&self.segments[wide..=wide], &[middle.join("/").as_str()], &mut params)
            && take(&self.segments[wide + 1..], tail, &mut params);
        fits.then_some(params)
    }

    /// Returns the literal start of the pattern up to its first hole, such as `/v1/job/`; `None` without holes.
    #[must_use]
    pub fn prefix(&self) -> Option<String> {
        let hole = self.segments.iter().position(|segment| !matches!(segment, Segment::Literal(_)))?;
        let literals = self.segments[..hole].iter().map(|segment| match segment {
            Segment::Literal(text) | Segment::One(text) | Segment::Many(text) => format!("/{text}"),
        });
        Some(literals.collect::<String>() + "/")
    }
}

fn take(segments: &[Segment], given: &[&str], params: &mut Params) -> bool {
    segments.len() == given.len()
        && segments.iter().zip(given).all(|(segment, given)| match segment {
            Segment::Literal(text) => text == given,
            Segment::One(name) | Segment::Many(name) => {
                params.0.push((name, (*given).to_owned()));
                !given.is_empty()
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(pattern: &'static str, path: &str) -> Option<String> {
        Pattern::new(pattern).matches(path).map(|params| params.get("id").to_owned())
    }

    #[test]
    fn a_star_takes_slashes_and_leaves_the_suffix() {
        assert_eq!(id("/v1/job/*id", "/v1/job/a/b"), Some("a/b".to_owned()));
        assert_eq!(id("/v1/job/*id/plan", "/v1/job/a/b/plan"), Some("a/b".to_owned()));
        assert_eq!(id("/v1/job/*id/plan", "/v1/job/plan"), None);
        assert_eq!(id("/v1/job/*id/plan", "/v1/job//plan"), None);
        assert_eq!(id("/v1/job/*id", "/v1/job/"), None);
        assert_eq!(id("/v1/job/*id", "/v1/jobs"), None);
    }

    #[test]
    fn a_colon_takes_one_segment() {
        assert_eq!(id("/v1/node/:id", "/v1/node/x"), Some("x".to_owned()));
        assert_eq!(id("/v1/node/:id", "/v1/node/x/y"), None);
        assert_eq!(id("/v1/node/:id", "/v1/node/"), None);
        let params =
            Pattern::new("/v1/job/:id/versions/:name/tag").matches("/v1/job/a/versions/b/tag").unwrap();
        assert_eq!((params.get("id"), params.get("name")), ("a", "b"));
    }

    #[test]
    fn prefixes_end_at_the_first_hole() {
        assert_eq!(Pattern::new("/v1/node/pool/:name").prefix().as_deref(), Some("/v1/node/pool/"));
        assert_eq!(Pattern::new("/v1/jobs").prefix(), None);
    }
}

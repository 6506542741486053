//! Leaves out of a stored job what a server fills in by itself.
//!
//! Every field is left out in turn, and stays out if a server would store the same job without it. So the defaults
//! stand in one place only, the model's. Limits: jobs of at most [`MOST_GROUPS`] groups; larger ones stay as they
//! are.

use model::{Job, JobDraft};
use serde_json::{Map, Value as Json};

/// Most groups of a job that is shortened.
const MOST_GROUPS: usize = 50;
/// The region that a job without one belongs to.
const REGION: &str = "global";

/// Returns the shortest draft that a server stores as it does `job`.
#[must_use]
pub fn shorten(job: &JobDraft) -> JobDraft {
    let json = job.to_json();
    let groups = json["TaskGroups"].as_array().map_or(0, Vec::len);
    if groups > MOST_GROUPS {
        return job.clone();
    }
    let mut short = json;
    // First what a stored job has here with zeros: it would be handed down to groups that are shortened.
    Shortening::of(&mut short).at("/Update");
    for index in 0..groups {
        // A group by itself, so that the work does not grow with the square of the groups.
        let mut alone = short.clone();
        alone["TaskGroups"] = Json::Array(vec![short["TaskGroups"][index].clone()]);
        Shortening::of(&mut alone).at("/TaskGroups/0");
        short["TaskGroups"][index] = alone["TaskGroups"][0].take();
    }
    let without_groups = |key: &str| key != "TaskGroups";
    Shortening::of(&mut short).fields("", without_groups);
    match JobDraft::from_json(&short) {
        Ok(draft) if draft.clone().admit(REGION) == job.clone().admit(REGION) => draft,
        _ => job.clone(),
    }
}

/// A job that gets shorter, and what a server must go on storing.
struct Shortening<'a> {
    json: &'a mut Json,
    want: Option<Job>,
}

impl Shortening<'_> {
    fn of(json: &mut Json) -> Shortening<'_> {
        let want = stored(json);
        Shortening { json, want }
    }

    /// Shortens the value at a place, which itself stays.
    fn at(&mut self, place: &str) {
        match self.json.pointer(place) {
            Some(Json::Object(_)) => self.fields(place, |_| true),
            Some(Json::Array(items)) => {
                for index in (0..items.len()).rev() {
                    self.element(place, index);
                }
            }
            _ => {}
        }
    }

    /// Leaves fields of an object out, or shortens them.
    fn fields(&mut self, place: &str, may: impl Fn(&str) -> bool) {
        let keys = |object: &Map<String, Json>| object.keys().cloned().collect::<Vec<_>>();
        let all = self.json.pointer(place).and_then(Json::as_object).map(keys).unwrap_or_default();
        for key in all.iter().filter(|key| may(key)) {
            let inner = format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"));
            let Some(value) = self.json.pointer_mut(&inner) else { continue };
            if value.is_null() {
                continue;
            }
            let taken = value.take();
            if stored(self.json) == self.want {
                continue;
            }
            if let Some(value) = self.json.pointer_mut(&inner) {
                *value = taken;
            }
            self.at(&inner);
        }
    }

    /// Leaves a constraint out, which a server may add by itself; shortens what is in other elements.
    fn element(&mut self, place: &str, index: usize) {
        if place.ends_with("/Constraints")
            && let Some(Json::Array(items)) = self.json.pointer_mut(place)
        {
            let taken = items.remove(index);
            if stored(self.json) == self.want {
                return;
            }
            if let Some(Json::Array(items)) = self.json.pointer_mut(place) {
                items.insert(index, taken);
            }
        }
        self.at(&format!("{place}/{index}"));
    }
}

/// Returns what a server stores.
fn stored(json: &Json) -> Option<Job> {
    JobDraft::from_json(json).ok().map(|draft| draft.admit(REGION))
}

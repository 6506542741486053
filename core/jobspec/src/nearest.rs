//! The nearest known name to a mistyped one.
//!
//! Limits: names longer than 64 characters are not compared, and at most 1,000 names are.

const LONGEST_NAME: usize = 64;
const MOST_NAMES: usize = 1_000;

/// Returns the candidate with the fewest edits, if at most a third of the name has to change.
///
/// Two edits are always allowed for names of four characters and more; among equals the first wins.
pub(crate) fn nearest_name<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME {
        return None;
    }
    let allowed = if length < 4 { 1 } else { (length / 3).max(2) };
    candidates
        .into_iter()
        .take(MOST_NAMES)
        .filter(|candidate| *candidate != name && candidate.len() <= LONGEST_NAME)
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the number of insertions, deletions, replacements and swaps of neighbours.
fn edit_distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, &a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &b) in right.iter().enumerate() {
            let replaced = previous[column] + usize::from(a != b);
            let mut best = replaced.min(previous[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && a == right[column - 1] && left[row - 1] == b {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest_name;

    #[test]
    fn a_mistyped_name_finds_its_neighbour_and_a_strange_one_finds_none() {
        assert_eq!(nearest_name("prioritty", ["region", "priority"]), Some("priority"));
        assert_eq!(nearest_name("coutn", ["count", "cron"]), Some("count"));
        assert_eq!(nearest_name("zebra", ["region", "priority"]), None);
    }
}

//! The known name that an unknown one most likely meant.

/// Returns the candidate with the fewest edits, at most a third of the name; names above 64 bytes have none.
pub(super) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 64 {
        return None;
    }
    let allowed = (name.len() / 3).max(2);
    candidates
        .map(|candidate| (distance(name.as_bytes(), candidate.as_bytes()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns the number of insertions, deletions and replacements.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let replaced = previous[column] + usize::from(a != b);
            current.push(replaced.min(previous[column + 1] + 1).min(current[column] + 1));
        }
        previous = current;
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_neighbour_and_a_strange_name_none() {
        let known = ["command", "args", "work_dir"];
        assert_eq!(nearest("comand", known.into_iter()), Some("command"));
        assert_eq!(nearest("arg", known.into_iter()), Some("args"));
        assert_eq!(nearest("image", known.into_iter()), None);
        assert_eq!(nearest(&"x".repeat(100), known.into_iter()), None);
    }
}

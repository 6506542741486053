//! Lists of cores in the kernel's format: `0-3,8`.
//!
//! Bound: cores above 65,535 are left out.

const HIGHEST: u32 = 65_535;

/// Returns the cores of a list in ascending order; what does not parse is left out.
pub(crate) fn parse(text: &str) -> Vec<u32> {
    let mut cores: Vec<u32> = text
        .trim()
        .split(',')
        .filter_map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some(first.trim().parse::<u32>().ok()?..=last.trim().parse::<u32>().ok()?.min(HIGHEST))
        })
        .flatten()
        .collect();
    cores.sort_unstable();
    cores.dedup();
    cores
}

/// Writes cores, in ascending order, as a list.
pub(crate) fn format(cores: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &core in cores {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == core => *last = core,
            _ => ranges.push((core, core)),
        }
    }
    let text = |(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_written() {
        assert_eq!(parse("0-3,8,2"), [0, 1, 2, 3, 8]);
        assert_eq!(parse(""), Vec::<u32>::new());
        assert_eq!(parse("x,5-3,1"), [1]);
        assert_eq!(format(&[0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
        assert_eq!(format(&[]), "");
        assert_eq!(parse("0-4294967295").len(), 65_536);
    }
}

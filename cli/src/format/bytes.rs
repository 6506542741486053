//! Sizes for people.
//!
//! Limits: binary units up to EiB.

const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// Returns a number of bytes such as `4.0 KiB`, `252 GiB` or `13 B`.
#[must_use]
pub fn ibytes(bytes: u64) -> String {
    if bytes < 10 {
        return format!("{bytes} B");
    }
    let mut unit = 0;
    let mut scale = 1_u64;
    while unit + 1 < UNITS.len() && bytes / scale >= 1024 {
        scale *= 1024;
        unit += 1;
    }
    let value = (bytes as f64 / scale as f64 * 10.0 + 0.5).floor() / 10.0;
    if value < 10.0 { format!("{value:.1} {}", UNITS[unit]) } else { format!("{value:.0} {}", UNITS[unit]) }
}

/// Returns a number of mebibytes as [`ibytes`] does; negative numbers count as none.
#[must_use]
pub fn mebibytes(mebibytes: i64) -> String {
    ibytes(u64::try_from(mebibytes).unwrap_or(0).saturating_mul(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_two_digits_at_least_and_one_decimal_below_ten() {
        let sizes = [0, 9, 13, 1023, 1024, 4096, 10_239, 10_240, 22 << 20, 252 << 30, u64::MAX];
        let texts: Vec<String> = sizes.into_iter().map(ibytes).collect();
        assert_eq!(
            texts,
            [
                "0 B", "9 B", "13 B", "1023 B", "1.0 KiB", "4.0 KiB", "10 KiB", "10 KiB", "22 MiB",
                "252 GiB", "16 EiB"
            ]
        );
        assert_eq!((mebibytes(300), mebibytes(-1)), ("300 MiB".to_owned(), "0 B".to_owned()));
    }
}

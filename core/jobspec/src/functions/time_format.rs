//! The format language of `formatdate`: runs of a letter stand for parts of a timestamp.
//!
//! Limits: a letter that means nothing is an error; other text goes through, quoted text verbatim.

use jiff::civil::DateTime;

/// A time of day at a place, with the place's offset from UTC.
#[derive(Clone, Copy)]
pub(super) struct Stamp {
    pub(super) time: DateTime,
    pub(super) offset_minutes: i32,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Returns the timestamp in that format, or what is wrong with the format.
pub(super) fn format_stamp(format: &str, stamp: &Stamp) -> Result<String, String> {
    let mut text = String::new();
    let mut chars = format.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\'' {
            quoted(&mut chars, &mut text)?;
        } else if char.is_ascii_alphabetic() {
            let mut run = String::from(char);
            while let Some(more) = chars.next_if_eq(&char) {
                run.push(more);
            }
            text.push_str(&part(&run, stamp)?);
        } else {
            text.push(char);
        }
    }
    Ok(text)
}

fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, text: &mut String) -> Result<(), String> {
    while let Some(char) = chars.next() {
        match char {
            '\'' if chars.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => return Ok(()),
            other => text.push(other),
        }
    }
    Err("unterminated literal '".to_owned())
}

fn part(run: &str, stamp: &Stamp) -> Result<String, String> {
    let time = stamp.time;
    let hour12 = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let month = MONTHS[usize::try_from(time.month() - 1).unwrap_or(0).min(11)];
    let day = DAYS[usize::try_from(time.weekday().to_monday_zero_offset()).unwrap_or(0).min(6)];
    let half = if time.hour() < 12 { "AM" } else { "PM" };
    let minutes = stamp.offset_minutes.abs();
    let sign = if stamp.offset_minutes < 0 { '-' } else { '+' };
    let (zone_hour, zone_minute) = (minutes / 60, minutes % 60);
    Ok(match run {
        "YYYY" => format!("{:04}", time.year()),
        "YY" => format!("{:02}", time.year() % 100),
        "MMMM" => month.to_owned(),
        "MMM" => month[..3].to_owned(),
        "MM" => format!("{:02}", time.month()),
        "M" => time.month().to_string(),
        "DD" => format!("{:02}", time.day()),
        "D" => time.day().to_string(),
        "EEEE" => day.to_owned(),
        "EEE" => day[..3].to_owned(),
        "hh" => format!("{:02}", time.hour()),
        "h" => time.hour().to_string(),
        "HH" => format!("{hour12:02}"),
        "H" => hour12.to_string(),
        "AA" => half.to_owned(),
        "aa" => half.to_ascii_lowercase(),
        "mm" => format!("{:02}", time.minute()),
        "m" => time.minute().to_string(),
        "ss" => format!("{:02}", time.second()),
        "s" => time.second().to_string(),
        "Z" if minutes == 0 => "Z".to_owned(),
        "ZZZ" if minutes == 0 => "UTC".to_owned(),
        "Z" | "ZZZZZ" => format!("{sign}{zone_hour:02}:{zone_minute:02}"),
        "ZZZ" | "ZZZZ" => format!("{sign}{zone_hour:02}{zone_minute:02}"),
        _ => return Err(format!("invalid date format verb \"{run}\"")),
    })
}

#[cfg(test)]
mod tests {
    use super::{Stamp, format_stamp};

    #[test]
    fn letters_become_parts_and_quotes_are_verbatim() {
        let stamp = Stamp { time: jiff::civil::date(2024, 2, 3).at(16, 5, 6, 0), offset_minutes: -90 };
        let format = |format: &str| format_stamp(format, &stamp);
        assert_eq!(format("EEE, D MMM YYYY HH:mm aa").unwrap(), "Sat, 3 Feb 2024 04:05 pm");
        assert_eq!(format("hh 'o''clock' Z ZZZZ").unwrap(), "16 o'clock -01:30 -0130");
        assert_eq!(format("Q").unwrap_err(), "invalid date format verb \"Q\"");
    }
}

//! What Lucene expressions call the parts of a date.

use crate::date::DatePart;

/// `doc['f'].date.name`
pub(super) fn date_variable(name: &str) -> Option<DatePart> {
    Some(match name {
        "centuryOfEra" => DatePart::CenturyOfEra,
        "dayOfMonth" => DatePart::DayOfMonth,
        "dayOfWeek" => DatePart::DayOfWeek,
        "dayOfYear" => DatePart::DayOfYear,
        "era" => DatePart::Era,
        "hourOfDay" => DatePart::Hour,
        "millisOfDay" => DatePart::MilliOfDay,
        "millisOfSecond" => DatePart::MilliOfSecond,
        "minuteOfDay" => DatePart::MinuteOfDay,
        "minuteOfHour" => DatePart::Minute,
        "monthOfYear" => DatePart::Month,
        "secondOfDay" => DatePart::SecondOfDay,
        "secondOfMinute" => DatePart::Second,
        "weekOfWeekyear" => DatePart::Week,
        "weekyear" => DatePart::WeekYear,
        "year" => DatePart::Year,
        "yearOfCentury" => DatePart::YearOfCentury,
        "yearOfEra" => DatePart::YearOfEra,
        _ => return None,
    })
}

/// `doc['f'].date.getName()`
pub(super) fn date_method(name: &str) -> Option<DatePart> {
    let rest = name.strip_prefix("get")?;
    let mut characters = rest.chars();
    let first = characters.next()?.to_ascii_lowercase();
    date_variable(&format!("{first}{}", characters.as_str()))
}

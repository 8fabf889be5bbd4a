//! Dates and times in Painless.

use super::super::field_type::FieldType;
use super::writer::Writer;

const GETTERS: [&str; 26] = [
    "getYear()",
    "getMonthValue()",
    "getDayOfMonth()",
    "getDayOfYear()",
    "getDayOfWeek()",
    "getHour()",
    "getMinute()",
    "getSecond()",
    "getNano()",
    "getMillis()",
    "toEpochSecond()",
    "year",
    "monthValue",
    "dayOfMonth",
    "hour",
    "getMonthOfYear()",
    "getHourOfDay()",
    "getMinuteOfHour()",
    "getSecondOfDay()",
    "getMillisOfDay()",
    "getWeekOfWeekyear()",
    "getWeekyear()",
    "getCenturyOfEra()",
    "getYearOfCentury()",
    "getEra()",
    "getMinuteOfDay()",
];

/// Getters of a `ZonedDateTime`.
const PLAIN_GETTERS: [&str; 9] = [
    "getYear()",
    "getMonthValue()",
    "getDayOfMonth()",
    "getDayOfYear()",
    "getHour()",
    "getMinute()",
    "getSecond()",
    "getNano()",
    "toInstant().toEpochMilli()",
];

const UNITS: [&str; 10] =
    ["MILLIS", "SECONDS", "MINUTES", "HOURS", "HALF_DAYS", "DAYS", "WEEKS", "MONTHS", "YEARS", "DECADES"];

const CONSTANTS: [&str; 5] = [
    "ZonedDateTime.parse('2024-03-15T00:00:00Z')",
    "ZonedDateTime.parse('2024-02-29T23:59:59.999Z')",
    "ZonedDateTime.parse('1969-12-31T12:30:15.5+02:00')",
    "ZonedDateTime.ofInstant(Instant.ofEpochMilli(1715940000000L), ZoneId.of('UTC'))",
    "Instant.ofEpochSecond(951782400L).atZone(ZoneId.of('UTC'))",
];

impl Writer<'_> {
    /// A `ZonedDateTime`.
    pub(super) fn moment(&mut self, depth: usize) -> String {
        if self.is_leaf(depth) {
            let constant = self.random.pick(&CONSTANTS);
            return if self.random.chance(0.3) {
                constant.to_owned()
            } else {
                self.value(&[FieldType::Date], constant)
            };
        }
        let moment = self.moment(depth - 1);
        // Of dates of documents, some are at the end of the years with which scripts can compute.
        let steps: &[&str] = if moment.contains("doc") {
            &["minusDays", "minusMonths", "minusYears", "minusHours", "minusWeeks"]
        } else {
            &["plusDays", "minusDays", "plusMonths", "minusMonths", "plusYears", "plusHours", "plusSeconds"]
        };
        match self.random.below(6) {
            0 | 1 => {
                let counts: &[&str] = if self.has_params { &["1", "0", "13", "45", "params.i"] } else { &["1", "2"] };
                format!("{moment}.{}({})", self.random.pick(steps), self.random.pick(counts))
            }
            2 => {
                let unit = self.random.pick(&["DAYS", "HOURS", "MONTHS", "MINUTES", "WEEKS"]);
                format!("{moment}.plus({}, ChronoUnit.{unit})", self.random.pick(&["-1", "-3", "-30"]))
            }
            3 => {
                let unit = self.random.pick(&["DAYS", "HOURS", "MINUTES", "SECONDS", "HALF_DAYS", "MILLIS"]);
                format!("{moment}.truncatedTo(ChronoUnit.{unit})")
            }
            4 => {
                let with = self.random.pick(&[
                    "withYear(2000)",
                    "withMonth(3)",
                    "withDayOfMonth(28)",
                    "withHour(0)",
                    "withNano(5)",
                ]);
                format!("{moment}.{with}")
            }
            _ => {
                let zone = self.random.pick(&["ZoneOffset.UTC", "ZoneOffset.ofHours(-2)", "ZoneId.of('-05:30')"]);
                format!("{moment}.withZoneSameInstant({zone})")
            }
        }
    }

    pub(super) fn whole_of_moment(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0..=2 => {
                let Some(field) = self.field(&[FieldType::Date]) else { return self.between(depth) };
                let doc = self.doc(&field);
                let getter = self.random.pick(&GETTERS);
                format!("({doc}.size() == 0 ? -1 : {doc}.value.{getter})")
            }
            3 => format!("{}.{}", self.moment(depth), self.random.pick(&PLAIN_GETTERS)),
            4 => format!(
                "Duration.between({}, {}).{}",
                self.moment(0),
                self.moment(0),
                self.random.pick(&["toDays()", "toHours()", "getSeconds()"])
            ),
            5 => format!(
                "{}.toLocalDate().{}",
                self.moment(depth),
                self.random.pick(&["toEpochDay()", "lengthOfMonth()", "getYear()"])
            ),
            _ => self.between(depth),
        }
    }

    /// A distance in time.
    fn between(&mut self, depth: usize) -> String {
        let unit = self.random.pick(&UNITS);
        let (from, to) = (self.moment(depth), self.moment(0));
        self.random.pick(&[
            format!("ChronoUnit.{unit}.between({from}, {to})"),
            format!("{from}.until({to}, ChronoUnit.{unit})"),
        ])
    }

    pub(super) fn condition_of_moment(&mut self, depth: usize) -> String {
        let (moment, other) = (self.moment(depth), self.moment(0));
        match self.random.below(5) {
            0 => format!("{moment}.isBefore({other})"),
            1 => format!("{moment}.isAfter({other})"),
            2 => format!("{moment}.isEqual({other})"),
            3 => format!("({moment}.compareTo({other}) > 0)"),
            _ => format!("{moment}.toLocalDate().isLeapYear()"),
        }
    }

    pub(super) fn text_of_moment(&mut self, depth: usize) -> String {
        let moment = self.moment(depth);
        self.random.pick(&[
            format!("{moment}.toString()"),
            format!("('at ' + {moment})"),
            format!("{moment}.toLocalDate().toString()"),
            format!("{moment}.getMonth().name()"),
            format!("{moment}.toInstant().toString()"),
        ])
    }
}

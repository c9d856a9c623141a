//! The components of a date and time that a marker of a picture names by a letter.

/// A component specifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Component {
    Year,
    Month,
    Day,
    DayOfYear,
    DayOfWeek,
    WeekOfYear,
    WeekOfMonth,
    /// The year that the week belongs to.
    WeekYear,
    /// The month that the week belongs to.
    WeekMonth,
    Hour24,
    Hour12,
    AmPm,
    Minute,
    Second,
    Millisecond,
    Offset,
    OffsetFromGmt,
    Calendar,
    Era,
}

pub(super) const MONTHS: [&str; 12] = [
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

pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// How many components there are.
pub(super) const COMPONENTS: usize = Component::Era as usize + 1;

impl Component {
    pub(super) fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'Y' => Self::Year,
            'M' => Self::Month,
            'D' => Self::Day,
            'd' => Self::DayOfYear,
            'F' => Self::DayOfWeek,
            'W' => Self::WeekOfYear,
            'w' => Self::WeekOfMonth,
            'X' => Self::WeekYear,
            'x' => Self::WeekMonth,
            'H' => Self::Hour24,
            'h' => Self::Hour12,
            'P' => Self::AmPm,
            'm' => Self::Minute,
            's' => Self::Second,
            'f' => Self::Millisecond,
            'Z' => Self::Offset,
            'z' => Self::OffsetFromGmt,
            'C' => Self::Calendar,
            'E' => Self::Era,
            _ => return None,
        })
    }

    pub(super) fn letter(self) -> char {
        match self {
            Self::Year => 'Y',
            Self::Month => 'M',
            Self::Day => 'D',
            Self::DayOfYear => 'd',
            Self::DayOfWeek => 'F',
            Self::WeekOfYear => 'W',
            Self::WeekOfMonth => 'w',
            Self::WeekYear => 'X',
            Self::WeekMonth => 'x',
            Self::Hour24 => 'H',
            Self::Hour12 => 'h',
            Self::AmPm => 'P',
            Self::Minute => 'm',
            Self::Second => 's',
            Self::Millisecond => 'f',
            Self::Offset => 'Z',
            Self::OffsetFromGmt => 'z',
            Self::Calendar => 'C',
            Self::Era => 'E',
        }
    }

    /// The presentation of a marker that gives none.
    pub(super) fn default_presentation(self) -> &'static str {
        match self {
            Self::DayOfWeek | Self::AmPm | Self::Calendar | Self::Era => "n",
            Self::Minute | Self::Second => "01",
            Self::Offset | Self::OffsetFromGmt => "01:01",
            _ => "1",
        }
    }

    /// Whether the component is a number, which may be written in any of the ways of `$formatInteger`.
    pub(super) fn is_integer(self) -> bool {
        !matches!(self, Self::AmPm | Self::Offset | Self::OffsetFromGmt | Self::Calendar | Self::Era)
    }

    /// The names of the component's values, from 1 up, where it has names.
    pub(super) fn names(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Month | Self::WeekMonth => Some(&MONTHS),
            Self::DayOfWeek => Some(&DAYS),
            _ => None,
        }
    }
}

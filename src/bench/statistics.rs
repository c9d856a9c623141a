//! Many rounds in four numbers.

use serde::Serialize;

/// Where values lie and how far they scatter; the median and its deviation, as single rounds may be far off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// The median absolute deviation from the median.
    pub(crate) mad: f64,
}

impl Spread {
    /// The spread of values; `None` if there are none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        let median = median(&mut values)?;
        let (min, max) = (values[0], values[values.len() - 1]);
        let mut deviations: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
        let mad = self::median(&mut deviations)?;
        Some(Self { median, min, max, mad })
    }

    /// The spread of the values, each multiplied.
    pub(crate) fn scaled(self, by: f64) -> Self {
        Self { median: self.median * by, min: self.min * by, max: self.max * by, mad: self.mad * by }
    }
}

/// The value in the middle, or the mean of the two there; sorts.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads() {
        let check = |values: &[f64], expected: Option<[f64; 4]>| {
            let spread = Spread::of(values.iter().copied());
            let spread = spread.map(|Spread { median, min, max, mad }| [median, min, max, mad]);
            assert_eq!(spread, expected, "{values:?}");
        };
        check(&[], None);
        check(&[7.0], Some([7.0, 7.0, 7.0, 0.0]));
        check(&[4.0, 1.0], Some([2.5, 1.0, 4.0, 1.5]));
        check(&[9.0, 1.0, 2.0], Some([2.0, 1.0, 9.0, 1.0]));
        // One round that is far off moves neither the median nor the deviation.
        check(&[10.0, 11.0, 12.0, 13.0, 1000.0], Some([12.0, 10.0, 1000.0, 1.0]));
    }

    #[test]
    fn scaling_keeps_the_shape() {
        let spread = Spread::of([1.0, 2.0, 4.0]).expect("three values").scaled(10.0);
        assert_eq!(spread, Spread { median: 20.0, min: 10.0, max: 40.0, mad: 10.0 });
    }
}

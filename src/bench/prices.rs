//! What the same executions would cost on AWS.

use serde::{Deserialize, Serialize};

const BUILT_IN: &str = include_str!("prices.toml");
const MB: f64 = 1024.0 * 1024.0;
const MILLION: f64 = 1e6;
/// What Express rounds durations up to (AWS Step Functions pricing).
const DURATION_STEP_MS: f64 = 100.0;
const MS_PER_HOUR: f64 = 3.6e6;

/// The prices of a region at a time.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    region: String,
    as_of: String,
    standard: StandardPrices,
    express: ExpressPrices,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct StandardPrices {
    usd_per_million_transitions: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpressPrices {
    usd_per_million_requests: f64,
    memory_base_mb: f64,
    memory_step_mb: f64,
    tiers: Vec<Tier>,
}

/// The price of so many hours of a gigabyte, or of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    gb_hours: Option<f64>,
    usd_per_gb_hour: f64,
}

/// What executions use, in the mean of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    pub(super) transitions: f64,
    /// Each duration rounded up to 100 ms before the mean was taken.
    pub(super) billed_ms: f64,
    pub(super) definition_bytes: u64,
    pub(super) input_bytes: f64,
}

/// What a million executions would cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Cost {
    pub(crate) region: String,
    pub(crate) prices_as_of: String,
    pub(crate) standard_usd_per_million_executions: f64,
    pub(crate) express_usd_per_million_executions: f64,
    pub(crate) express_requests_usd_per_million_executions: f64,
    pub(crate) express_billed_memory_mb: f64,
    pub(crate) express_billed_duration_ms: f64,
    /// What each further 100 ms of every execution would add.
    pub(crate) express_usd_per_million_executions_and_100_ms: f64,
}

impl Prices {
    /// Prices as TOML; the error says what is wrong, and where.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let prices: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        let Self { standard, express, .. } = &prices;
        let sizes =
            express.tiers.iter().flat_map(|tier| [tier.gb_hours.unwrap_or(0.0), tier.usd_per_gb_hour]);
        let numbers =
            [standard.usd_per_million_transitions, express.usd_per_million_requests, express.memory_base_mb];
        if numbers.into_iter().chain(sizes).any(|number| !number.is_finite() || number < 0.0) {
            return Err("a price or a size is negative or no number".to_owned());
        }
        if !(express.memory_step_mb.is_finite() && express.memory_step_mb > 0.0) {
            return Err("express.memory_step_mb must be more than 0".to_owned());
        }
        if express.tiers.last().is_none_or(|tier| tier.gb_hours.is_some()) {
            return Err("the last of express.tiers must be without gb_hours: it is for the rest".to_owned());
        }
        Ok(prices)
    }

    /// The prices that are compiled in.
    pub(crate) fn built_in() -> Result<Self, String> {
        Self::parse(BUILT_IN)
    }

    /// What a million such executions would cost. Memory by AWS's estimate: a base, the definition, and the data of
    /// every step, for which the input stands.
    pub(super) fn cost(&self, usage: Usage) -> Cost {
        let express = &self.express;
        let data_mb = usage.input_bytes * usage.transitions.max(1.0) / MB;
        let memory_mb = express.memory_base_mb + usage.definition_bytes as f64 / MB + data_mb;
        let memory_mb = (memory_mb / express.memory_step_mb).ceil() * express.memory_step_mb;
        let gb_hours = |billed_ms: f64| billed_ms / MS_PER_HOUR * memory_mb / 1024.0 * MILLION;
        let duration_usd = |billed_ms| self.duration_usd(gb_hours(billed_ms));
        let requests_usd = express.usd_per_million_requests;
        let further_usd = duration_usd(usage.billed_ms + DURATION_STEP_MS) - duration_usd(usage.billed_ms);
        Cost {
            region: self.region.clone(),
            prices_as_of: self.as_of.clone(),
            standard_usd_per_million_executions: usage.transitions
                * self.standard.usd_per_million_transitions,
            express_usd_per_million_executions: requests_usd + duration_usd(usage.billed_ms),
            express_requests_usd_per_million_executions: requests_usd,
            express_billed_memory_mb: memory_mb,
            express_billed_duration_ms: usage.billed_ms,
            express_usd_per_million_executions_and_100_ms: further_usd,
        }
    }

    fn duration_usd(&self, gb_hours: f64) -> f64 {
        let mut left = gb_hours;
        let mut usd = 0.0;
        for tier in &self.express.tiers {
            let taken = tier.gb_hours.map_or(left, |size| left.min(size));
            usd += taken * tier.usd_per_gb_hour;
            left -= taken;
        }
        usd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(given: f64, expected: f64) {
        assert!((given - expected).abs() < 0.005, "{given} is not {expected}");
    }

    fn prices() -> Prices {
        Prices::built_in().expect("the built-in prices are sound")
    }

    /// AWS's own example: 100 million executions of 10 s at 64 MB take 17,361.11 GB-hours, for $382.97.
    #[test]
    fn tiers_add_up_as_in_the_example_of_aws() {
        close(prices().duration_usd(17_361.11), 382.97);
        close(prices().duration_usd(1_000.0), 60.0);
    }

    #[test]
    fn a_million_short_executions() {
        let usage =
            Usage { transitions: 6.5, billed_ms: 100.0, definition_bytes: 50 << 10, input_bytes: 1000.0 };
        let cost = prices().cost(usage);
        close(cost.standard_usd_per_million_executions, 162.5);
        close(cost.express_billed_memory_mb, 64.0);
        close(cost.express_usd_per_million_executions, 1.104);
        close(cost.express_usd_per_million_executions_and_100_ms, 0.104);
        let large = prices().cost(Usage { input_bytes: 256.0 * 1024.0, transitions: 400.0, ..usage });
        close(large.express_billed_memory_mb, 192.0);
    }

    #[test]
    fn files_are_checked() {
        let check = |from: &str, to: &str, expected: &str| {
            let text = BUILT_IN.replacen(from, to, 1);
            assert_ne!(text, BUILT_IN);
            let error = Prices::parse(&text).expect_err("it is wrong");
            assert!(error.contains(expected), "{error}");
        };
        check("region", "area", "unknown field `area`");
        check("25.0", "-25.0", "negative");
        check("memory_step_mb = 64", "memory_step_mb = 0", "more than 0");
        check("{ usd_per_gb_hour = 0.01642 }, # the rest\n", "", "for the rest");
    }
}

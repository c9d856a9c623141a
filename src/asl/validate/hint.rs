//! "did you mean ...?"

/// Help that names the candidate closest to `given`, if one is close enough to be a slip of it.
pub(in crate::asl) fn did_you_mean<'c>(
    given: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    /// Longer texts are no slips, and the distance takes time quadratic in their length.
    const CHARACTERS_MAX: usize = 200;
    let length = given.chars().count();
    if length > CHARACTERS_MAX {
        return None;
    }
    let slips_max = (length / 3).clamp(1, 5);
    let lower = given.to_lowercase();
    let close = |candidate: &'c str| {
        if candidate == given || candidate.chars().count().abs_diff(length) > slips_max {
            return None;
        }
        // Case is the likeliest slip of all: names are case-sensitive.
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        (distance <= slips_max).then_some((distance, candidate))
    };
    let (_, best) = candidates.into_iter().filter_map(close).min()?;
    Some(format!("did you mean `{best}`?"))
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn names_the_closest() {
        let states = ["CheckInventory", "CheckInvoice", "Done"];
        let cases = [
            ("CheckInventroy", Some("did you mean `CheckInventory`?")),
            ("checkinventory", Some("did you mean `CheckInventory`?")),
            ("done", Some("did you mean `Done`?")),
            ("CheckInvoices", Some("did you mean `CheckInvoice`?")),
            ("ProcessPayment", None),
            ("", None),
        ];
        for (given, expected) in cases {
            assert_eq!(did_you_mean(given, states).as_deref(), expected, "{given}");
        }
    }
}

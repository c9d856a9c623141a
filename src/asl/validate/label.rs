//! Names and labels.

/// Most characters of a state's name and of a variable's.
pub(in crate::asl) const NAME_CHARACTERS_MAX: usize = 80;
/// Most characters of a Map's label.
const LABEL_CHARACTERS_MAX: usize = 40;

/// What is wrong with the `Label` of a Distributed Map (AWS docs, "Label"): it becomes part of an ARN.
pub(in crate::asl) fn label_problem(label: &str) -> Option<String> {
    if label.is_empty() {
        return Some("Label cannot be empty".to_owned());
    }
    if label.chars().count() > LABEL_CHARACTERS_MAX {
        return Some(format!("Label cannot exceed {LABEL_CHARACTERS_MAX} characters"));
    }
    let forbidden = |c: &char| c.is_whitespace() || c.is_control() || "?*<>{}[]:;,\\|^~$#%&`\"/".contains(*c);
    let found = label.chars().find(forbidden)?;
    Some(format!("Label contains invalid character: '{}'", found.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::label_problem;

    #[test]
    fn labels_hold_what_an_arn_may_hold() {
        for label in ["Map", "map-1_2.3", &"x".repeat(40)] {
            assert_eq!(label_problem(label), None, "{label}");
        }
        for label in ["", "a b", "a?", "a\u{85}", "a:b", "a\"b", &"x".repeat(41)] {
            assert!(label_problem(label).is_some(), "{label}");
        }
    }
}

use super::parse_raw;

#[test]
fn errors_have_the_codes_and_positions_of_the_reference() {
    for (source, position, expected) in [
        ("a b", 3, "S0201: Syntax error: \"b\""),
        ("1 2", 3, "S0201: Syntax error: 2"),
        ("1 true", 6, "S0201: Syntax error: true"),
        ("1)", 2, "S0201: Syntax error: \")\""),
        ("(1 2)", 4, "S0202: Expected \")\", got 2"),
        ("[1;", 3, "S0202: Expected \"]\", got \";\""),
        ("{'a' 1}", 6, "S0202: Expected \":\", got 1"),
        ("$f(? 1)", 6, "S0202: Expected \")\", got 1"),
        ("function($a){1", 14, "S0203: Expected \"}\" before end of expression"),
        ("function(", 9, "S0203: Expected \")\" before end of expression"),
        ("function($a)<n 1", 16, "S0203: Expected \">\" before end of expression"),
        ("function($a)<n{1}", 15, "S0202: Expected \">\", got \"{\""),
        ("a^b", 3, "S0202: Expected \"(\", got \"b\""),
        ("(1", 2, "S0203: Expected \")\" before end of expression"),
        ("|a|b", 4, "S0203: Expected \"|\" before end of expression"),
        ("a ! b", 3, "S0204: Unknown operator: \"!\""),
        (
            "function(a){1}",
            10,
            "S0208: Parameter 1 of function definition must be a variable name (start with $)",
        ),
        (
            "function($a, ?){1}",
            14,
            "S0208: Parameter 2 of function definition must be a variable name (start with $)",
        ),
        ("1 + ]", 5, "S0211: The symbol \"]\" cannot be used as a unary operator"),
        ("?", 1, "S0211: The symbol \"?\" cannot be used as a unary operator"),
        ("1 := 2", 1, "S0212: The left side of := must be a variable name (start with $)"),
        ("a@1", 3, "S0214: The right side of \"@\" must be a variable name (start with $)"),
        ("a#b", 3, "S0214: The right side of \"#\" must be a variable name (start with $)"),
        // The word behind comes before the one that cannot start an expression.
        ("] \"", 3, "S0101: String literal must be terminated by a matching quote"),
        // Behind these a slash opens a regular expression.
        ("a[]/2", 5, "S0302: No terminating / in regular expression"),
        ("function(){1}/2", 15, "S0302: No terminating / in regular expression"),
    ] {
        let error = parse_raw(source).unwrap_err();
        assert_eq!(error.to_string(), expected, "{source}");
        assert_eq!(error.position(), Some(position), "{source}");
    }
}

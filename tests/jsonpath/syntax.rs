//! What is a path, what kind of path it is, and where a text stops being one.

use aslx::jsonpath::{Path, Root, Segment, SyntaxErrorKind};

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Reference,
    Definite,
    Indefinite,
}
use Kind::{Definite, Indefinite, Reference};

fn check(text: &str, kind: Kind, canonical: &str) {
    let path = Path::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let found = match (path.is_reference_path(), path.is_definite()) {
        (true, true) => Reference,
        (false, true) => Definite,
        (false, false) => Indefinite,
        (true, false) => panic!("{text}: a Reference Path must be definite"),
    };
    assert_eq!((found, path.to_string().as_str(), path.text()), (kind, canonical, text), "{text}");
}

#[test]
fn reads_every_form() {
    check("$", Reference, "$");
    check("$$", Reference, "$$");
    check("$total", Reference, "$total");
    check("$prix_été.net", Reference, "$prix_été.net");
    check("$.a.b-c._d", Reference, "$.a.b-c._d");
    check("$.42", Reference, "$.42");
    check("$.größe", Reference, "$['größe']");
    check("$['a']['b c']", Reference, "$.a['b c']");
    check(r#"$["a"]["it's"]"#, Reference, r"$.a['it\'s']");
    check("$['']", Reference, "$['']");
    check("$[ 'a' ]", Reference, "$.a");
    check("$$.Map.Item['Index']", Reference, "$$.Map.Item.Index");
    check("$lines[0][-1].sku", Reference, "$lines[0][-1].sku");
    check("$['a','b']", Definite, "$['a','b']");
    check("$['a', \"b\"].c", Indefinite, "$['a','b'].c");
    check("$.a[0,2, -1]", Indefinite, "$.a[0,2,-1]");
    check("$.a[1:3]", Indefinite, "$.a[1:3]");
    check("$.a[ 1 : ]", Indefinite, "$.a[1:]");
    check("$.a[:-2]", Indefinite, "$.a[:-2]");
    check("$.a[*]", Indefinite, "$.a[*]");
    check("$.*.b", Indefinite, "$[*].b");
    check("$..a", Indefinite, "$..a");
    check("$.a..*", Indefinite, "$.a..[*]");
    check("$..['a b'][0]", Indefinite, "$..['a b'][0]");
    check("  $.a  ", Reference, "$.a");
}

#[test]
fn reads_the_sloppy_forms_that_aws_accepts() {
    check("$.[0]", Reference, "$[0]");
    check("$.a.[0].['b']", Reference, "$.a[0].b");
    check("$.[*].['a', 'b']", Indefinite, "$[*]['a','b']");
    check("$..[0]", Indefinite, "$..[0]");
}

#[test]
fn resolves_escapes_in_names() {
    let name = |text: &str| match Path::parse(text).unwrap().segments() {
        [Segment::Name(name)] => name.to_string(),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(name(r"$.shop\.name"), "shop.name");
    assert_eq!(name(r"$.user\@home\[1\]"), "user@home[1]");
    assert_eq!(name(r"$['it\'s']"), "it's");
    assert_eq!(name(r#"$["say \"hi\""]"#), r#"say "hi""#);
    assert_eq!(name(r"$['back\\slash']"), r"back\slash");
    // A backslash that escapes nothing stays in a quoted name.
    assert_eq!(name(r#"$['a\"b\n']"#), r#"a\"b\n"#);
}

#[test]
fn tells_names_with_operators_from_reference_paths() {
    check("$.a@b", Definite, "$['a@b']");
    check("$.a:b", Definite, "$['a:b']");
    check("$.a?", Definite, "$['a?']");
    check("$['a:b']", Reference, "$['a:b']");
    check(r"$.a\:b", Reference, "$['a:b']");
}

#[test]
fn knows_the_root() {
    let root = |text: &str| Path::parse(text).unwrap().root().clone();
    assert_eq!(root("$.a"), Root::Input);
    assert_eq!(root("$$.a"), Root::Context);
    assert_eq!(root("$a.a"), Root::Variable("a".to_owned()));
    assert_eq!(root("$x1[0]"), Root::Variable("x1".to_owned()));
}

fn check_error(text: &str, kind: SyntaxErrorKind, offset: u32) {
    let error = Path::parse(text).expect_err(text);
    assert_eq!((error.kind, error.offset), (kind, offset), "{text}: {error}");
}

#[test]
fn refuses_what_is_no_path() {
    for (text, offset) in [
        ("", 0),
        ("a.b", 0),
        (".a", 0),
        ("()", 0),
        ("@.a", 0),
        ("$.", 2),
        ("$..", 3),
        ("$...", 3),
        ("$..a..", 6),
        ("$.a.", 4),
        ("$.a b", 3),
        ("$.a .b", 3),
        ("$.a\n.b", 3),
        ("$ .a", 1),
        ("$-a", 1),
        ("$1", 1),
        ("$_a", 1),
        ("$a-b", 2),
        ("$$a", 2),
        ("$$$", 2),
        ("$.*a", 3),
        ("$.a[", 4),
        ("$.a[]", 4),
        ("$.a[b]", 4),
        ("$.a[0", 5),
        ("$.a[0]b", 6),
        ("$.a[-]", 4),
        ("$.a[0,]", 6),
        ("$.a[0,1:2]", 7),
        ("$.a[:]", 5),
        ("$.a[1.5]", 5),
        ("$.a['b]", 7),
        ("$.a['b',]", 8),
        ("$.a['b',0]", 8),
        ("$.a['b'", 7),
        ("$.a['b'c]", 7),
        ("$.a[99999999999999999999]", 4),
        ("$.a\\", 4),
    ] {
        check_error(text, SyntaxErrorKind::Malformed, offset);
    }
}

#[test]
fn refuses_what_is_no_filter_function_or_script() {
    for (text, offset) in [
        ("$.a[?]", 5),
        ("$.a[?@.b]", 5),
        ("$.a[?(@.b == 1]", 14),
        ("$.a[?(@.b == 'x)]", 17),
        ("$.a[?(@.b), ?(@.c)]", 10),
        ("$.a[?(@.b) || (@.c)]", 11),
        ("$.a[?()]", 6),
        ("$.a[?(1)]", 6),
        ("$.a[?(@.b = 1)]", 10),
        ("$.a[?(@.b ==)]", 12),
        ("$.a[?(@.b like 'x')]", 10),
        ("$.a[?(@.b all [1])]", 10),
        ("$.a[?(@.b && )]", 13),
        ("$.a[?(@.b & @.c)]", 10),
        ("$.a[?(@.b in [1, 2)]", 18),
        ("$.a[?(@.b == 1.2.3)]", 13),
        ("$.a[?(@.b =~ /x)]", 17),
        ("$.a[?(@.b == $$.c)]", 14),
        ("$.a.length(", 11),
        ("$.a.length().", 13),
        ("$.a.length(1)", 10),
        ("$.a.index()", 9),
        ("$.a.concat('x')", 11),
        ("$.a.concat(true)", 11),
        ("$.a.concat(\"x\"", 14),
        ("$.a.shuffle()", 4),
        ("$..length()", 3),
        ("$.a[(@.length)]", 4),
        ("$.a[(@.length-0)]", 4),
        ("$.a[(@.b-1)]", 4),
        ("$.a[::2]", 7),
    ] {
        check_error(text, SyntaxErrorKind::Malformed, offset);
    }
}

#[test]
fn reads_filters_functions_and_scripts() {
    check("$.a[?(@.b == 1)]", Indefinite, "$.a[?(@.b == 1)]");
    check(
        r"$.a[?(@.b == ')' && @.c =~ /a\/\)]/i)].d[0]",
        Indefinite,
        r"$.a[?(@.b == ')' && @.c =~ /a\/\)]/i)].d[0]",
    );
    check("$.[ ? ( @.price > $.limit ) ]", Indefinite, "$[?( @.price > $.limit )]");
    check("$..[?(@.a)]", Indefinite, "$..[?(@.a)]");
    check("$.a.length()", Definite, "$.a.length()");
    check("$.a.concat( $.b , \"(\" ).length()", Definite, "$.a.concat( $.b , \"(\" ).length()");
    check("$.a[*].sum()", Indefinite, "$.a[*].sum()");
    check("$..a.sum()", Definite, "$..a.sum()");
    check("$..a.first()[*]", Indefinite, "$..a.first()[*]");
    check("$.a..b.sum()", Indefinite, "$.a..b.sum()");
    check("$.a[(@.length-1)]", Definite, "$.a[-1]");
    check("$.a[( @.length - 2 )]", Definite, "$.a[-2]");
    check("$.a[0:4:2]", Indefinite, "$.a[0:4]");
    check("$.a[1::2]", Indefinite, "$.a[1:]");
}

#[test]
fn a_path_within_a_filter_ends_where_no_step_follows() {
    let is_equal = |a: &str, b: &str| assert_eq!(Path::parse(a).unwrap(), Path::parse(b).unwrap(), "{a} {b}");
    is_equal("$[?(@.a<1&&@.b)]", "$[?(@.a < 1 && @.b)]");
    is_equal("$[?(@.a&&@.b||!@.c)]", "$[?(@['a'] && @['b'] || ! @['c'])]");
    is_equal("$[?(@.a[?(@.b==')')].c=='x')]", "$[?(@.a[?(@.b == ')')].c == 'x')]");
    is_equal("$[?(@.a.length()==1)]", "$[?((@.a.length() == 1))]");
    is_equal("$[?(@ IN [1,'a', b])]", "$[?(@ in [1, \"a\", 'b'])]");
}

#[test]
fn bounds_nesting() {
    let paths = |depth: usize| format!("${}{}", "[?(@".repeat(depth), ")]".repeat(depth));
    let groups = |depth: usize| format!("$[?({}@.a{})]", "!(".repeat(depth), ")".repeat(depth));
    let json = |depth: usize| format!("$[?(@ == {}{})]", "[".repeat(depth), "]".repeat(depth));
    for (deep, too_deep) in [(paths(8), paths(9)), (groups(63), groups(64)), (json(64), json(65))] {
        Path::parse(&deep).unwrap();
        let error = Path::parse(&too_deep).unwrap_err();
        assert_eq!(error.kind, SyntaxErrorKind::Malformed, "{error}");
    }
    for huge in [paths(100_000), groups(100_000), json(100_000), format!("$[?({}@)]", "!".repeat(100_000))] {
        let _ = Path::parse(&huge);
    }
}

#[test]
fn recognises_what_cannot_run() {
    for (text, offset) in [
        ("$.a[?(@.b == Failure)]", 13),
        ("$.a[?(@.b == x && @.c =~ /(/)].d", 13),
        ("$.a[?(@.b =~ /(?=x)/)]", 13),
        (r"$.a[?(@.b =~ /(.)\1/)]", 13),
        ("$.a[?(@.b =~ /a)|(b/)]", 13),
        ("$.a[?(@.b =~ /a{2}+b/)]", 13),
        ("$.a[?(@.b =~ /((a{99}){99}){99}/)]", 13),
    ] {
        check_error(text, SyntaxErrorKind::Unsupported, offset);
    }
    check_error("$.a[?(@.b == x)].", SyntaxErrorKind::Malformed, 17);
}

#[test]
fn says_what_was_expected() {
    let message = |text: &str| Path::parse(text).unwrap_err().to_string();
    assert_eq!(message("$.a b"), "expected no blank in a name (write ['my name']), found ' ' at offset 3");
    assert_eq!(message("$.a["), "expected a quoted name, an index, '*' or '?', found the end at offset 4");
    assert_eq!(
        message("$.a.mean()"),
        "function 'mean' is not one of length, size, min, max, avg, stddev, sum, concat, append, keys, first, \
         last, index at offset 4"
    );
    assert_eq!(
        message("$[?(@.a = 1)]"),
        "the filter operator '=' is not one of ==, !=, <, <=, >, >=, =~, in, nin, contains, size, empty, subsetof, \
         anyof, noneof at offset 8"
    );
    assert_eq!(message("$[?(@.a == OK)]"), "a word without quotes (write 'OK' in quotes) at offset 11");
    assert_eq!(
        message("$[?(@.a =~ /(?!x)/)]"),
        "a regular expression that cannot run here: look-around, including look-ahead and look-behind, \
         is not supported at offset 11"
    );
}

#[test]
fn a_path_below_its_first_steps_is_known_by_text_and_count() {
    for text in ["$.a.b[?(@.c == 1)].d", "$.a.b..c.sum()", "$.a.b.length()", "$..a.sum()", "$$.a.b['c','d']"]
    {
        let path = Path::parse(text).unwrap();
        for count in 0..3 {
            let below = path.below(count);
            assert_eq!(below, Path::parse(path.text()).unwrap().below(count));
            assert_eq!((below.text(), below.root()), (text, &Root::Input));
            assert_eq!(below.segments(), &path.segments()[count.min(path.segments().len())..]);
        }
    }
}

#[test]
fn knows_whether_it_reads_its_root_again() {
    let reads_root = |text: &str| Path::parse(text).unwrap().reads_root();
    assert!(!reads_root("$.a[?(@.b == 1)].length()"));
    assert!(reads_root("$.a[?(@.b == $.c)]"));
    assert!(reads_root("$.a[?(@.b[?($.c)])]"));
    assert!(reads_root("$.a.concat($.b)"));
    assert!(reads_root("$.a.concat(@.b)"));
}

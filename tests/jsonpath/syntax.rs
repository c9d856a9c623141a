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
        ("$.a[?]", 5),
        ("$.a[?(@.b == 1]", 15),
        ("$.a[?(@.b == 'x)]", 17),
        ("$.a.length(", 11),
        ("$.a.length().", 13),
    ] {
        check_error(text, SyntaxErrorKind::Malformed, offset);
    }
}

#[test]
fn recognises_what_is_not_supported() {
    for (text, offset) in [
        ("$.a[?(@.b == 1)]", 3),
        ("$.a[?(@.b == ')' && @.c =~ /a\\/)]/i)].d[0]", 3),
        ("$..a[?(@.b), ?(@.c)]", 4),
        ("$.[?(@.price > $.limit)]", 2),
        ("$.a[(@.length-1)]", 3),
        ("$.a.length()", 4),
        ("$.a.concat($.b, \"(\")", 4),
        ("$.a[0:4:2]", 7),
    ] {
        check_error(text, SyntaxErrorKind::Unsupported, offset);
    }
}

#[test]
fn says_what_was_expected() {
    let message = |text: &str| Path::parse(text).unwrap_err().to_string();
    assert_eq!(message("$.a b"), "expected no blank in a name (write ['my name']), found ' ' at offset 3");
    assert_eq!(message("$.a["), "expected a quoted name, an index, '*' or '?', found the end at offset 4");
    assert_eq!(message("$.a.length()"), "the function 'length()' in a path is not supported at offset 4");
}

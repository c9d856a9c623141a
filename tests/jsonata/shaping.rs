//! Objects, grouping, transforms, and the operators on values.

use super::check;

const SALES: &str =
    r#"{"items":[{"k":"a","v":1,"w":[1,2]},{"k":"b","v":2},{"k":"a","v":3,"w":[3]}],"one":{"k":"z","v":9}}"#;

#[test]
fn objects_are_built_and_grouped() {
    check(
        SALES,
        &[
            ("{'a': 1, 'b': missing}", r#"{"a":1}"#),
            ("items.{k: v}", r#"[{"a":1},{"b":2},{"a":3}]"#),
            ("items{k: v}", r#"{"a":[1,3],"b":2}"#),
            ("items{k: $sum(v)}", r#"{"a":4,"b":2}"#),
            ("items{k: w}", r#"{"a":[1,2,3]}"#),
            ("items{k: $count($)}", r#"{"a":2,"b":1}"#),
            ("items{k: {'n': $count(v), 'all': [v]}}", r#"{"a":{"n":2,"all":[1,3]},"b":{"n":1,"all":[2]}}"#),
            ("items{k: v[]}", r#"{"a":[1,3],"b":[2]}"#),
            ("one{k: v}", r#"{"z":9}"#),
            ("items[v > 1]{k: v, 'total': $sum(v)}", r#"{"b":2,"total":5,"a":3}"#),
            ("items{v: k}", "!T1003@6"),
            ("items{k: v, k & '': v}", "!D1009@6"),
            ("items{k: v}{k: v}", "!S0210@12"),
            ("$merge(items.{k: v})", r#"{"a":3,"b":2}"#),
            ("missing{'a': 1}", r#"{"a":1}"#),
        ],
    );
}

#[test]
fn transforms_change_a_copy() {
    check(
        SALES,
        &[
            ("one ~> |$|{'v': v + 1}|", r#"{"k":"z","v":10}"#),
            ("one ~> |$|{'new': 1}, 'k'|", r#"{"v":9,"new":1}"#),
            ("one ~> |$|{}, ['k','v','no']|", "{}"),
            ("($ ~> |items[k='a']|{'v': 0}|).items.v", "[0,2,0]"),
            ("($ ~> |items|{'n': $count(w)}|).items.n", "[2,0,1]"),
            ("($ ~> |**[k]|{}, 'v'|).one", r#"{"k":"z"}"#),
            ("($ ~> |one|{'v': 0}|; one.v)", "9"),
            ("$map(items, |$|{}, ['w','v']|)", r#"[{"k":"a"},{"k":"b"},{"k":"a"}]"#),
            ("($t := |one|{'v': 1}|; $t($).one.v)", "1"),
            ("one ~> |$|5|", "!T2011@11"),
            ("one ~> |$|{}, 5|", "!T2012@15"),
            ("missing ~> |$|{}|", ""),
        ],
    );
}

#[test]
fn operators_convert_nothing_but_text() {
    check(
        "{\"n\":4,\"s\":\"x\",\"z\":null,\"l\":[1,2]}",
        &[
            ("n + 1 * 2 - -3", "9"),
            ("n % 3 / 2", "0.5"),
            ("(n + 1) * 2", "10"),
            ("n + missing", ""),
            ("0.1 + 0.2", "0.30000000000000004"),
            ("10 / 3", "3.3333333333333335"),
            ("n + s", "!T2002@3"),
            ("s - n", "!T2001@3"),
            ("-s", "!D1002@1"),
            ("s & n & z & missing & l", r#""x4null[1,2]""#),
            ("n = 4 and s != 'y'", "true"),
            ("l = [1,2] and {'a':1,'b':2} = {'b':2,'a':1}", "true"),
            ("n = '4'", "false"),
            ("missing = missing", "false"),
            ("missing != 1", "false"),
            ("n < 5 and 'a' < 'b'", "true"),
            ("missing < 5", ""),
            ("n < 'a'", "!T2009@3"),
            ("l < 5", "!T2010@3"),
            ("2 in l", "true"),
            ("n in 4", "true"),
            ("missing in l", "false"),
            ("[1..3] = [1,2,3]", "true"),
            ("[1.5..3]", "!T2003@6"),
            ("[1..s]", "!T2004@4"),
            ("[0..10000000]", "!D2014@4"),
            ("missing or n", "true"),
            ("z or [] or {} or '' or 0 or [0,'']", "false"),
            ("[0,1] and {'a':0}", "true"),
        ],
    );
}

#[test]
fn conditionals_take_one_way() {
    check(
        r#"{"n":4,"f":false,"e":"","z":null,"l":[]}"#,
        &[
            ("n > 3 ? 'big' : 'small'", r#""big""#),
            ("f ? 1", ""),
            ("f ? 1 : n ? 2 : 3", "2"),
            ("n ? (missing) : 1", ""),
            ("true ? 1 : $error('no')", "1"),
            ("e ?: 'default'", r#""default""#),
            ("n ?: $error('no')", "4"),
            ("l ?: 'none'", r#""none""#),
            ("missing ?? 'default'", r#""default""#),
            ("e ?? 'default'", r#""""#),
            ("z ?? 1", "null"),
            ("f ?? 1", "false"),
            ("missing.x ?? missing ?? 3", "3"),
            ("f and $error('no')", "false"),
            ("n or $error('no')", "true"),
        ],
    );
}

#[test]
fn comments_and_names_of_all_kinds() {
    check(
        r#"{"and":1,"or":2,"in":3,"a-b":4,"true":5}"#,
        &[
            ("/* before */ 1 /* within */ + /* a * b / c */ 2 /* after */", "3"),
            ("and + or + in", "6"),
            ("and and or", "true"),
            ("`a-b`", "4"),
            ("$.`true`", "5"),
            ("'\\u00e9\\n' & \"'\\\"\"", r#""é\n'\"""#),
            ("'🙂' ~> $length", "1"),
            ("1 /* open", "!S0106@2"),
        ],
    );
}

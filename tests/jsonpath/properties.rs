//! Laws of paths, each against a naive model over `serde_json`.

use aslx::json::JsonStr;
use aslx::jsonpath::{Path, Pattern, Segment, select, set};
use aslx::value::to_json;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::with_json;

fn name() -> impl Strategy<Value = Box<str>> {
    prop_oneof![3 => "[abc]", 1 => r#"[a.'"\\ \[\]é😀*@:-]{0,3}"#].prop_map(String::into_boxed_str)
}

fn single() -> impl Strategy<Value = Segment> {
    prop_oneof![3 => name().prop_map(Segment::Name), 1 => (-3_i64..4).prop_map(Segment::Index)]
}

fn any_segments() -> impl Strategy<Value = Vec<Segment>> {
    let bound = || prop::option::of(-4_i64..5);
    let several = prop_oneof![
        5 => single(),
        1 => prop::collection::vec(name(), 2..4).prop_map(|names| Segment::Names(names.into())),
        1 => prop::collection::vec(-3_i64..4, 2..4).prop_map(|indexes| Segment::Indexes(indexes.into())),
        1 => (bound(), bound()).prop_filter_map("a bound", |(from, to)| {
            (from.is_some() || to.is_some()).then_some(Segment::Slice { from, to })
        }),
        1 => Just(Segment::Wildcard),
    ];
    prop::collection::vec((any::<bool>(), several), 0..5).prop_map(|steps| {
        let with_descent =
            |(descend, step): (bool, Segment)| descend.then_some(Segment::Descend).into_iter().chain([step]);
        steps.into_iter().flat_map(with_descent).collect()
    })
}

fn document() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![Just(Json::Null), any::<bool>().prop_map(Json::from), (0..9).prop_map(Json::from)];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::vec((name(), inner), 0..4).prop_map(|members| members
                .into_iter()
                .map(|(key, value)| (String::from(key), value))
                .collect()),
        ]
    })
}

/// A path's text, every name quoted.
fn render(segments: &[Segment]) -> String {
    let quote = |name: &str| format!("'{}'", name.replace('\\', r"\\").replace('\'', r"\'"));
    let bound = |bound: &Option<i64>| bound.map_or(String::new(), |bound| bound.to_string());
    let mut text = "$".to_owned();
    for segment in segments {
        let step = match segment {
            Segment::Name(name) => format!("[{}]", quote(name)),
            Segment::Names(names) => {
                format!("[{}]", names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", "))
            }
            Segment::Index(index) => format!("[{index}]"),
            Segment::Indexes(indexes) => {
                format!("[{}]", indexes.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
            }
            Segment::Slice { from, to } => format!("[{}:{}]", bound(from), bound(to)),
            Segment::Wildcard => "[*]".to_owned(),
            Segment::Descend => "..".to_owned(),
            other => panic!("{other:?}"),
        };
        text.push_str(&step);
    }
    text
}

fn place(index: i64, len: usize) -> usize {
    usize::try_from(if index < 0 { index + i64::try_from(len).unwrap() } else { index }).unwrap_or(usize::MAX)
}

fn child<'j>(json: &'j Json, segment: &Segment) -> Option<&'j Json> {
    match segment {
        Segment::Name(name) => json.as_object()?.get(&**name),
        Segment::Index(index) => json.as_array()?.get(place(*index, json.as_array()?.len())),
        _ => None,
    }
}

fn descendants(json: &Json) -> Vec<&Json> {
    let mut all = vec![json];
    match json {
        Json::Array(items) => all.extend(items.iter().flat_map(descendants)),
        Json::Object(members) => all.extend(members.values().flat_map(descendants)),
        _ => {}
    }
    all
}

fn selected(path: &Path, json: &Json) -> Option<Json> {
    let text = with_json(&json.to_string(), |root, heap| {
        select(path, root, heap).ok().map(|value| to_json(value, heap.docs))
    });
    text.map(|text| serde_json::from_str(&text).unwrap())
}

fn operand() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (any::<bool>(), prop::collection::vec(any_segments(), 0..2)).prop_map(|(root, steps)| {
            let steps = steps.iter().map(|steps| render(steps).split_off(1)).collect::<String>();
            format!("{}{steps}", if root { "$" } else { "@" })
        }),
        1 => "@[.](length|sum|keys|first|concat)[(][)]",
        1 => (-2_i64..9).prop_map(|number| number.to_string()),
        1 => prop::sample::select(vec!["null", "true", "'a'", "\"1\"", "[1,'a',null]", "{'a':[1]}", "[[]]", "/a|1/i"])
            .prop_map(str::to_owned),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    let operators = ["==", "!=", "===", "!==", "<", "<=", ">", ">=", "=~", "in", "nin", "contains", "size"];
    let operators = [&operators[..], &["empty", "subsetof", "anyof", "noneof"]].concat();
    let compared = (operand(), prop::sample::select(operators), operand())
        .prop_map(|(left, operator, right)| format!("{left} {operator} {right}"));
    let test =
        prop_oneof![4 => compared, 1 => single().prop_map(|step| format!("@{}", &render(&[step])[1..]))];
    test.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            (inner.clone(), prop::sample::select(vec!["&&", "||"]), inner.clone())
                .prop_map(|(left, connective, right)| format!("{left} {connective} {right}")),
            inner.clone().prop_map(|inner| format!("({inner})")),
            inner.prop_map(|inner| format!("!({inner})")),
        ]
    })
}

proptest! {
    #[test]
    fn a_filter_selects_and_renders(filter in filter(), descends in any::<bool>(), json in document()) {
        let text = format!("${}[?({filter})]", if descends { ".." } else { "" });
        let path = Path::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        prop_assert_eq!(&Path::parse(&path.to_string()).unwrap(), &path);
        prop_assert!(!path.is_definite() && !path.is_reference_path());
        with_json(&json.to_string(), |root, heap| match select(&path, root, heap) {
            Ok(found) => {
                let text = to_json(found, heap.docs);
                assert_eq!(text.len(), aslx::value::rendered_len(found, heap.docs));
                assert!(text.starts_with('['), "{text}");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        });
    }

    #[test]
    fn connectives_are_those_of_logic(a in any::<[bool; 4]>(), shape in 0_usize..6) {
        let all = ["A && B || C && D", "A || B && C || D", "!(A || B) && C || D", "A && (B || C) && !D",
            "!(!(A && B) || (C && !!(D)))", "((A)) || !((B && C) || D)"];
        let naive = [a[0] && a[1] || a[2] && a[3], a[0] || a[1] && a[2] || a[3],
            !(a[0] || a[1]) && a[2] || a[3], a[0] && (a[1] || a[2]) && !a[3],
            !(!(a[0] && a[1]) || (a[2] && a[3])), a[0] || !((a[1] && a[2]) || a[3])];
        let mut test = all[shape].to_owned();
        for (name, value) in ["A", "B", "C", "D"].iter().zip(a) {
            test = test.replace(name, if value { "1==1" } else { "1==0" });
        }
        let path = Path::parse(&format!("$[?({test})]")).unwrap();
        let expected = if naive[shape] { json!([0]) } else { json!([]) };
        prop_assert_eq!(selected(&path, &json!([0])), Some(expected));
    }

    #[test]
    fn a_rendered_path_parses_back_to_itself(segments in any_segments()) {
        let path = Path::parse(&render(&segments)).unwrap();
        prop_assert_eq!(path.segments(), &segments[..]);
        prop_assert_eq!(&Path::parse(&path.to_string()).unwrap(), &path);
    }

    #[test]
    fn parsing_never_panics(text in r#"\$?(\[\?\()?[$.a0-9*:,'"\[\]()?@\\ é!&|=<~/{}-]{0,16}"#) {
        if let Ok(path) = Path::parse(&text) {
            prop_assert_eq!(&Path::parse(&path.to_string()).unwrap(), &path);
        }
    }

    #[test]
    fn a_definite_path_is_a_walk(segments in prop::collection::vec(single(), 0..4), json in document()) {
        let path = Path::parse(&render(&segments)).unwrap();
        let (walked, found) = (segments.iter().try_fold(&json, child), selected(&path, &json));
        prop_assert_eq!(found.as_ref(), walked);
    }

    #[test]
    fn a_descent_looks_everywhere(step in single(), json in document()) {
        let path = Path::parse(&render(&[Segment::Descend, step.clone()])).unwrap();
        let found: Vec<&Json> = descendants(&json).into_iter().filter_map(|node| child(node, &step)).collect();
        prop_assert_eq!(selected(&path, &json), Some(json!(found)));
    }

    #[test]
    fn an_indefinite_path_gives_an_array(segments in any_segments(), json in document()) {
        let path = Path::parse(&render(&segments)).unwrap();
        if !path.is_definite() {
            prop_assert!(selected(&path, &json).is_some_and(|found| found.is_array()));
        }
    }

    #[test]
    fn what_is_set_is_selected(segments in prop::collection::vec(single(), 0..4), json in document()) {
        let path = Path::parse(&render(&segments)).unwrap();
        let after = with_json(&json.to_string(), |base, heap| {
            let value = heap.text("new");
            set(&path, base, value, heap).ok().map(|after| {
                let rendered = to_json(after, heap.docs);
                assert!(rendered.len() <= aslx::value::rendered_len(after, heap.docs));
                let is_longer = |limit| aslx::value::is_longer(after, limit, heap.docs);
                assert!(is_longer(rendered.len() - 1) && !is_longer(rendered.len()));
                (to_json(select(&path, after, heap).unwrap(), heap.docs), rendered)
            })
        });
        // A path that leads to a value can always be set.
        let exists = segments.iter().try_fold(&json, child).is_some();
        prop_assert!(after.is_some() || !exists);
        if let Some((found, after)) = after {
            prop_assert_eq!(found, "\"new\"");
            let after: Json = serde_json::from_str(&after).unwrap();
            if exists {
                // Nothing but the target has changed.
                let mut expected = json.clone();
                let mut target = &mut expected;
                for segment in &segments {
                    target = match segment {
                        Segment::Name(name) => &mut target[&**name],
                        Segment::Index(index) => {
                            let len = target.as_array().unwrap().len();
                            &mut target[place(*index, len)]
                        }
                        other => panic!("{other:?}"),
                    };
                }
                *target = json!("new");
                prop_assert_eq!(after, expected);
            }
        }
    }

    #[test]
    fn patterns_agree_with_a_naive_matcher(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
        fn naive(pattern: &[u8], text: &[u8]) -> bool {
            match pattern {
                [] => text.is_empty(),
                [b'*', rest @ ..] => (0..=text.len()).any(|skipped| naive(rest, &text[skipped..])),
                [byte, rest @ ..] => text.first() == Some(byte) && naive(rest, &text[1..]),
            }
        }
        let compiled = Pattern::parse(&pattern).unwrap();
        prop_assert_eq!(compiled.matches(JsonStr::plain(&text)), naive(pattern.as_bytes(), text.as_bytes()));
    }
}

//! Laws of the functions.

use aslx::intrinsic::parse;
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::run;

/// A JSON text as an argument.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

proptest! {
    #[test]
    fn parsing_never_panics(text in r"(States\.(Format|Array|MathAdd)\()?[$.a0-9,'{}()\[\]\\ Se-]{0,20}\)?") {
        if let Ok(call) = parse(&text) {
            prop_assert_eq!(call.span.start, 0);
            prop_assert_eq!(&text.as_bytes()[call.span.end as usize - 1], &b')');
        }
    }

    #[test]
    fn base64_decodes_what_it_encoded(text in any::<String>()) {
        let decoded = run("States.Base64Decode(States.Base64Encode($))", &quoted(&text));
        let decoded: Json = serde_json::from_str(&decoded).unwrap();
        prop_assert_eq!(decoded, Json::from(text));
    }

    #[test]
    fn json_survives_its_text(text in any::<String>(), number: i32) {
        let input = format!(r#"{{"a":[{},{number}],"b":{{}}}}"#, quoted(&text));
        let round_trip: Json = serde_json::from_str(&run("States.StringToJson(States.JsonToString($))", &input)).unwrap();
        prop_assert_eq!(round_trip, serde_json::from_str::<Json>(&input).unwrap());
    }

    #[test]
    fn chunks_join_to_the_array(items in prop::collection::vec(0..9_u8, 0..12), size in 1..5_usize) {
        let chunks: Vec<Vec<u8>> =
            serde_json::from_str(&run(&format!("States.ArrayPartition($, {size})"), &format!("{items:?}"))).unwrap();
        prop_assert_eq!(chunks.concat(), items.clone());
        prop_assert_eq!(chunks, items.chunks(size).map(<[u8]>::to_vec).collect::<Vec<_>>());
    }

    #[test]
    fn unique_elements_are_those_first_seen(items in prop::collection::vec(0..9_u8, 0..20)) {
        let found: Vec<u8> = serde_json::from_str(&run("States.ArrayUnique($)", &format!("{items:?}"))).unwrap();
        let mut expected: Vec<u8> = Vec::new();
        for item in items {
            if !expected.contains(&item) {
                expected.push(item);
            }
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn pieces_hold_no_delimiter(text in "[a-c,;é]{0,20}", delimiters in "[,;é]{0,3}") {
        let call = format!("States.StringSplit($, '{delimiters}')");
        let pieces: Vec<String> = serde_json::from_str(&run(&call, &quoted(&text))).unwrap();
        prop_assert_eq!(pieces.concat(), text.replace(|c| delimiters.contains(c), ""));
        prop_assert!(pieces.iter().all(|piece| !piece.is_empty() && !piece.contains(|c| delimiters.contains(c))));
    }

    #[test]
    fn merging_agrees_with_maps(
        first in prop::collection::btree_map("[a-e]{1,2}", 0..9_u8, 0..20),
        second in prop::collection::btree_map("[a-e]{1,2}", 0..9_u8, 0..20),
    ) {
        let input = serde_json::to_string(&(&first, &second)).unwrap();
        let found: std::collections::BTreeMap<String, u8> =
            serde_json::from_str(&run("States.JsonMerge($[0], $[1], false)", &input)).unwrap();
        let mut expected = first;
        expected.extend(second);
        prop_assert_eq!(found, expected);
    }
}

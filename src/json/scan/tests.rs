//! What stage 1 finds, and that all kernels find the same.

use super::{Cursor, Index, Kernel};

/// Everything that an index says of one text: offsets and kinds, sentinels included, and the rest.
type Found = (Vec<u32>, Vec<u8>, Vec<u32>, Option<u32>, bool, bool);

fn found(index: &Index) -> Found {
    let (offsets, kinds) = index.cursor().all();
    let flags = (index.control(), index.has_whitespace(), index.has_non_ascii());
    (offsets.to_vec(), kinds.to_vec(), index.escapes().to_vec(), flags.0, flags.1, flags.2)
}

/// Byte by byte, as the description of stage 1 has it.
fn expected(text: &[u8]) -> Found {
    let (mut offsets, mut escapes, mut control, mut whitespace) = (Vec::new(), Vec::new(), None, false);
    let (mut in_string, mut in_word, mut is_escaped) = (false, false, false);
    for (at, byte) in text.iter().enumerate() {
        let begins_escape = *byte == b'\\' && !is_escaped;
        if begins_escape {
            escapes.push(at as u32);
        }
        let is_quote = *byte == b'"' && !is_escaped;
        let is_space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let is_operator = matches!(byte, b'{' | b'}' | b'[' | b']' | b':' | b',');
        let is_word = !in_string && !is_quote && !is_space && !is_operator;
        if is_quote || !in_string && is_operator || is_word && !in_word {
            offsets.push(at as u32);
        }
        whitespace |= !in_string && is_space;
        in_string ^= is_quote;
        if in_string && *byte < 0x20 {
            control = control.or(Some(at as u32));
        }
        (in_word, is_escaped) = (is_word, begins_escape);
    }
    let mut kinds: Vec<u8> = offsets.iter().map(|offset| text[*offset as usize]).collect();
    offsets.resize(offsets.len() + Cursor::SENTINELS, text.len() as u32);
    kinds.resize(offsets.len(), Cursor::END);
    (offsets, kinds, escapes, control, whitespace, !text.is_ascii())
}

/// Each kernel, with buffers that earlier texts have left.
fn check_with(indices: &mut [(Kernel, Index)], text: &[u8]) {
    let expected = expected(text);
    for (kernel, index) in indices {
        kernel.scan(text, index);
        assert_eq!(found(index), expected, "{kernel:?}: {:?}", text.escape_ascii().to_string());
    }
}

fn indices() -> Vec<(Kernel, Index)> {
    Kernel::supported().map(|kernel| (kernel, Index::default())).collect()
}

#[test]
fn every_byte_has_its_class_at_every_place() {
    let mut indices = indices();
    for byte in 0..=u8::MAX {
        for len in [1, 5, 63, 64, 65, 130] {
            for at in (0..len).step_by(if len > 64 { 13 } else { 1 }) {
                for filling in *b" a\"" {
                    let mut text = vec![filling; len];
                    text[at] = byte;
                    check_with(&mut indices, &text);
                }
            }
        }
    }
}

#[test]
fn all_kernels_find_the_same() {
    const ALPHABETS: [&[u8]; 4] =
        [b"{}[]:,", b"\"\\a{", b"\"\"\"::,,{}[]01 \n\\tx\x01\x0c\x1a\xc3\xa9", b"\\\\\\\\\"a"];
    let mut indices = indices();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize % bound
    };
    for round in 0..3000 {
        let alphabet = ALPHABETS[round % ALPHABETS.len()];
        let text: Vec<u8> = (0..below(330)).map(|_| alphabet[below(alphabet.len())]).collect();
        check_with(&mut indices, &text);
    }
    // More tokens than the buffers have room for at first.
    check_with(&mut indices, &b"[],".repeat(5000));
}

#[test]
fn kernels_have_names() {
    let names: Vec<_> = Kernel::supported().map(Kernel::name).collect();
    assert_eq!(names[0], "portable");
    for name in Kernel::NAMES {
        let error = name.parse::<Kernel>().map(Kernel::name).map_err(|error| error.to_string());
        let unsupported = Err(format!("this machine cannot run the kernel `{name}`"));
        assert_eq!(error, if names.contains(&name) { Ok(name) } else { unsupported });
    }
    let error = "neon".parse::<Kernel>().map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(error, Err("there is no kernel `neon`: it is one of portable, sse2, avx2, avx512".to_owned()));
}

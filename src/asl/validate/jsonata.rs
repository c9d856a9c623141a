//! What is wrong with a `{% %}` string, and where in it.

use std::ops::Range;

use crate::diagnostic::{Code, Span};
use crate::json::JsonStr;
use crate::jsonata::{self, Builtin, Dialect, Instructions, Reference, References, expression_text};

/// Findings that are listed of one expression.
const PROBLEMS_MAX: usize = 16;

/// Errors that are noticed where the text ends, because something is missing there.
const AT_END: [&str; 5] = ["S0101", "S0105", "S0203", "S0207", "S0302"];

/// What people bring along from other languages, and how JSONata has it.
const FOREIGN: [(&str, &str); 5] = [
    ("==", "JSONata compares with a single `=`"),
    ("&&", "JSONata has the word `and`"),
    ("||", "JSONata has the word `or`"),
    ("!", "JSONata negates with `$not(...)`"),
    ("[?", "a filter of JSONata has no `?` and no `@`: `items[price > 1]`"),
];

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::asl) struct JsonataProblem {
    pub(in crate::asl) code: Code,
    pub(in crate::asl) message: String,
    pub(in crate::asl) help: Option<String>,
    /// Bytes of the string.
    pub(in crate::asl) place: Range<usize>,
}

/// Whether the string is an expression: it starts with `{%` and ends with `%}`.
pub(in crate::asl) fn is_jsonata(text: &str) -> bool {
    expression_text(text).is_some()
}

/// What is wrong with a string that should be an expression.
pub(in crate::asl) fn check_jsonata(text: &str) -> Vec<JsonataProblem> {
    let Some(expression) = Expression::new(text) else {
        let message = "JSONata string must start with {% and end with %}".to_owned();
        let code = Code::SchemaValidationFailed;
        return vec![JsonataProblem { code, message, help: None, place: 0..text.len() }];
    };
    let ast = match jsonata::parse(expression.text) {
        Ok(ast) => ast,
        Err(error) => return vec![expression.invalid(&error)],
    };
    // Shapes are the program's, of which there is none yet.
    if let Err(error) = jsonata::compile(&ast, Dialect::States, Instructions::All, &mut |_| Some(0)) {
        return vec![expression.invalid(&error)];
    }
    let context = References::of(&ast).context;
    context.iter().take(PROBLEMS_MAX).map(|reference| expression.unsupported(reference)).collect()
}

/// The place in a definition of a part of a string; `span` is the string's own, quotes included.
pub(in crate::asl) fn place_in(source: &[u8], span: Span, part: Range<usize>) -> Span {
    let (start, end) = (span.start + 1, span.end.saturating_sub(1));
    let raw = JsonStr::new(source.get(start as usize..end as usize).unwrap_or_default(), true);
    let at = |offset| (start + raw.raw_offset(offset) as u32).min(end).max(span.start);
    Span::new(at(part.start), at(part.end))
}

/// An expression in its string.
#[derive(Debug, Clone, Copy)]
pub(in crate::asl) struct Expression<'t> {
    /// The expression itself.
    pub(in crate::asl) text: &'t str,
    /// Where it starts in the string, and how long that is.
    offset: usize,
    length: usize,
}

impl<'t> Expression<'t> {
    /// The expression in a string, if it is one.
    pub(in crate::asl) fn new(string: &'t str) -> Option<Self> {
        let text = expression_text(string)?;
        let inside = &string["{%".len()..];
        let offset = "{%".len() + if text.is_empty() { 0 } else { inside.len() - inside.trim_start().len() };
        Some(Self { text, offset, length: string.len() })
    }

    /// The bytes of the string where something stands.
    pub(in crate::asl) fn place(&self, reference: &Reference) -> Range<usize> {
        self.word_before(reference.position, &reference.name)
    }

    fn invalid(&self, error: &jsonata::Error) -> JsonataProblem {
        let place = match error.position() {
            None => 0..self.length,
            Some(position) if AT_END.contains(&error.code()) && self.byte(position) == self.text.len() => {
                self.length - "%}".len()..self.length
            }
            // What is not closed is a comment: its position is where it begins.
            Some(position) if error.code() == "S0106" => {
                let start = self.offset + self.byte(position);
                start..start + "/*".len()
            }
            Some(position) => self.word_before(position, error.word().unwrap_or_default()),
        };
        let help = self.foreign_word(&place).map(str::to_owned);
        JsonataProblem { code: Code::InvalidJsonataExpression, message: error.message(), help, place }
    }

    fn unsupported(&self, reference: &Reference) -> JsonataProblem {
        let name = &*reference.name;
        let place = self.place(reference);
        let behind = self.text.get(place.end - self.offset..).unwrap_or_default().trim_start();
        let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let help = match name {
            "$" | "$$" => "expressions have no input here: write `$states.input`".to_owned(),
            "*" | "**" => format!("expressions have no input here: write `$states.input.{name}`"),
            _ if behind.starts_with('(') && Builtin::named(name).is_some() => {
                format!("functions are called with a `$`: `${name}(...)`")
            }
            _ if is_word => format!("expressions have no input here: write `$states.input.{name}`"),
            _ => "expressions have no input here: write `$states.input` before it".to_owned(),
        };
        JsonataProblem {
            code: Code::UnsupportedJsonataExpression,
            message: format!("Reference to '{name}' at the top level is not supported."),
            help: Some(help),
            place,
        }
    }

    /// How JSONata has what stands at a place.
    fn foreign_word(&self, place: &Range<usize>) -> Option<&'static str> {
        let before = self.text.get(..place.end.checked_sub(self.offset)?)?;
        let from = self.text.get(place.start.checked_sub(self.offset)?..)?;
        let found = FOREIGN.iter().find(|(word, _)| before.ends_with(word) || from.starts_with(word));
        found.map(|(_, help)| *help)
    }

    /// The byte of the expression at an offset in UTF-16 units.
    fn byte(&self, position: u32) -> usize {
        let mut units = 0;
        let mut chars = self.text.char_indices();
        chars
            .find(|(_, c)| {
                let is_behind = units >= position as usize;
                units += c.len_utf16();
                is_behind
            })
            .map_or(self.text.len(), |(at, _)| at)
    }

    /// The word that ends at a position, or begins there, or else the character before it, as bytes of the string.
    fn word_before(&self, position: u32, word: &str) -> Range<usize> {
        let end = self.byte(position);
        let before = &self.text[..end];
        let start = if !word.is_empty() && before.ends_with(word) {
            let start = end - word.len();
            // A variable is named without its `$`.
            if before[..start].ends_with('$') { start - 1 } else { start }
        } else if !word.is_empty() && self.text[end..].starts_with(word) {
            return self.offset + end..self.offset + end + word.len();
        } else {
            let quote = before.chars().next_back().filter(|c| matches!(c, '`' | '"' | '\''));
            let quoted = quote.and_then(|quote| before[..end - 1].rfind(quote));
            quoted.unwrap_or_else(|| before.char_indices().next_back().map_or(0, |(at, _)| at))
        };
        self.offset + start..self.offset + end
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, check_jsonata, place_in};
    use crate::diagnostic::Span;

    #[test]
    fn accepts_expressions() {
        let expressions = [
            "{%1%}",
            "{% $states.input.`a b`[0].c %}",
            "{% $sum($items.(price * quantity)) / 2 %}",
            "{% $match('a/b', /[/](a|b)\\/{1,2}/i) %}",
            "{% /* a ) comment */ \"it\\\"s\" & ']' %}",
            "{% $map([1, 2], function($v, $i) { $v / $i }) %}",
            "{% $a.*/2 %}",
            "{% $payload ~> |Account|{'x': 1}| %}",
            "{% $substring(?, 0, 2) %}",
            "{% $a.b.% %}",
            "{% $library.loans@$l.books#$i[$l.isbn=isbn].title %}",
            "{% $eval('1') %}",
        ];
        for expression in expressions {
            assert_eq!(check_jsonata(expression), [], "{expression}");
        }
    }

    /// The message, and the part of the string that it is about.
    #[test]
    fn refuses_what_is_no_expression() {
        let cases = [
            ("{% 1", "JSONata string must start with {% and end with %}", "{% 1"),
            ("{% %}", "Unexpected end of expression", "%}"),
            ("{%%}", "Unexpected end of expression", "%}"),
            ("{% 1 + %}", "Unexpected end of expression", "%}"),
            ("{% $x := %}", "Unexpected end of expression", "%}"),
            ("{% $a[1,2) %}", "Expected \"]\", got \",\"", ","),
            ("{% $a[1) %}", "Expected \"]\", got \")\"", ")"),
            ("{% [1 $name] %}", "Expected \"]\", got \"name\"", "$name"),
            ("{% (1 'ab') %}", "Expected \")\", got \"ab\"", "'ab'"),
            ("{% (1 + 2 %}", "Expected \")\" before end of expression", "%}"),
            ("{% \"open %}", "String literal must be terminated by a matching quote", "%}"),
            ("{% $match('a', /abc) %}", "No terminating / in regular expression", "%}"),
            ("{% 1 /* open %}", "Comment has no closing tag", "/*"),
            ("{% `a %}", "Quoted property name must be terminated with a backquote (`)", "%}"),
            ("{% $a) %}", "Syntax error: \")\"", ")"),
            ("{% $a.[?(@.b)] %}", "The symbol \"?\" cannot be used as a unary operator", "?"),
            ("{% 'é😀' & 1e999 %}", "Number out of range: \"1e999\"", "1e999"),
            ("{% 'a\\qb' %}", "Unsupported escape sequence: \\\"q\"", "q"),
            ("{% $.a.1 %}", "The literal value 1 cannot be used as a step within a path expression", "1"),
            (
                "{% function($x)<s<n>:s>{1} %}",
                "Type parameters can only be applied to functions and arrays",
                "<",
            ),
        ];
        for (expression, message, place) in cases {
            let problems = check_jsonata(expression);
            assert_eq!(problems.len(), 1, "{expression}");
            assert_eq!(problems[0].message, message, "{expression}");
            assert!(
                expression[problems[0].place.clone()].contains(place.trim()),
                "{expression}: {problems:?}"
            );
            let code = if message.starts_with("JSONata") {
                Code::SchemaValidationFailed
            } else {
                Code::InvalidJsonataExpression
            };
            assert_eq!(problems[0].code, code, "{expression}");
        }
    }

    #[test]
    fn refuses_regular_expressions_that_take_exponential_time() {
        let problems = check_jsonata("{% $match($a, /a(?=b)/i) %}");
        assert_eq!(problems[0].code, Code::InvalidJsonataExpression);
        assert!(problems[0].message.starts_with("The regular expression /a(?=b)/i cannot be used"));
        assert_eq!(problems[0].place, 14..23);
    }

    #[test]
    fn refuses_a_context_where_there_is_none() {
        let cases: [(&str, &[(&str, &str)]); 7] = [
            ("{% phone %}", &[("phone", "phone")]),
            ("{% 'é😀' & phone.a & `x y` & phone %}", &[("phone", "phone"), ("x y", "`x y`")]),
            ("{% $ %}", &[("$", "$")]),
            ("{%\n  $$.a + **%}", &[("$$", "$$"), ("**", "**")]),
            ("{% $map([1], function($v) { name }) %}", &[("name", "name")]),
            ("{% $states.input.a[b = 1].(c + $) %}", &[]),
            ("{% $states.input.a[$$.b] %}", &[("$$", "$$")]),
        ];
        for (expression, expected) in cases {
            let problems = check_jsonata(expression);
            assert_eq!(problems.len(), expected.len(), "{expression}: {problems:?}");
            for (problem, (name, place)) in problems.iter().zip(expected) {
                assert_eq!(problem.code, Code::UnsupportedJsonataExpression);
                let message = format!("Reference to '{name}' at the top level is not supported.");
                assert_eq!(problem.message, message, "{expression}");
                assert_eq!(expression[problem.place.clone()], **place, "{expression}");
            }
        }
    }

    #[test]
    fn helps() {
        let cases = [
            ("{% $a == 1 %}", Some("JSONata compares with a single `=`")),
            ("{% $a && $b %}", Some("JSONata has the word `and`")),
            ("{% $a || $b %}", Some("JSONata has the word `or`")),
            ("{% !$a %}", Some("JSONata negates with `$not(...)`")),
            ("{% $a[?(@.b)] %}", Some("a filter of JSONata has no `?` and no `@`: `items[price > 1]`")),
            ("{% count([1]) %}", Some("functions are called with a `$`: `$count(...)`")),
            ("{% a.b %}", Some("expressions have no input here: write `$states.input.a`")),
            ("{% 1 + %}", None),
        ];
        for (expression, help) in cases {
            assert_eq!(check_jsonata(expression)[0].help.as_deref(), help, "{expression}");
        }
    }

    #[test]
    fn findings_of_one_expression_are_bounded() {
        let names: Vec<String> = (0..100).map(|index| format!("a{index}")).collect();
        assert_eq!(check_jsonata(&format!("{{% {} %}}", names.join(" & "))).len(), 16);
    }

    #[test]
    fn places_count_escapes() {
        let source = br#"["{% \"\u00e9\" & x %}"]"#;
        let span = Span::new(1, source.len() as u32 - 1);
        assert_eq!(&source[place_in(source, span, 10..11).start as usize..][..1], b"x");
        assert_eq!(place_in(source, span, 0..99), Span::new(2, source.len() as u32 - 2));
        assert_eq!(place_in(b"", Span::new(5, 5), 0..9), Span::new(5, 5));
    }
}

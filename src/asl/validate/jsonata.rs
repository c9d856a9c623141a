//! What can be seen to be wrong with a `{% %}` string without parsing it: its ends, its brackets, its quotes.
//!
//! Never wrong about a valid expression: where a `/` may be a division or the start of a regular expression, and the
//! text before it does not decide, the check ends.

use crate::diagnostic::Code;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::asl) struct JsonataProblem {
    pub(in crate::asl) code: Code,
    pub(in crate::asl) message: String,
}

/// Whether the string is an expression: it starts with `{%` and ends with `%}`.
pub(in crate::asl) fn is_jsonata(text: &str) -> bool {
    text.len() >= 4 && text.starts_with("{%") && text.ends_with("%}")
}

/// What is wrong with a string that should be an expression.
pub(in crate::asl) fn check_jsonata(text: &str) -> Option<JsonataProblem> {
    if !is_jsonata(text) {
        let message = "JSONata string must start with {% and end with %}".to_owned();
        return Some(JsonataProblem { code: Code::SchemaValidationFailed, message });
    }
    let message = Scan::new(&text[2..text.len() - 2]).run().err()?;
    Some(JsonataProblem { code: Code::InvalidJsonataExpression, message })
}

/// What stood last, as far as a following `/` or the end depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing yet.
    Nothing,
    /// A value ended: `/` divides.
    Operand,
    /// An operator that needs a value after it: `/` opens a regular expression.
    Operator,
    /// `*`, `%` and words like `and` may be either.
    Either,
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    open: Vec<u8>,
    last: Last,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0, open: Vec::new(), last: Last::Nothing }
    }

    fn run(mut self) -> Result<(), String> {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' => self.at += 1,
                b'"' | b'\'' => self.string(byte)?,
                b'`' => self.quoted_name()?,
                b'/' if self.text[self.at..].starts_with("/*") => self.comment()?,
                b'/' => match self.last {
                    Last::Operand => self.operator(1),
                    Last::Nothing | Last::Operator => self.regex()?,
                    Last::Either => return Ok(()),
                },
                b'(' | b'[' | b'{' => {
                    self.open.push(byte);
                    self.at += 1;
                    self.last = Last::Operator;
                }
                b')' | b']' | b'}' => self.close(byte)?,
                b'?' if self.text[..self.at].trim_end().ends_with('[') => {
                    // The filter of a JSONPath, most likely.
                    return Err("The symbol \"?\" cannot be used as a unary operator".to_owned());
                }
                b'*' | b'%' => {
                    self.at += 1;
                    self.last = Last::Either;
                }
                b'?' | b'|' | b'~' | b'>' | b'<' | b'=' | b'!' | b'.' | b',' | b';' | b':' | b'^' | b'&'
                | b'+' | b'-' | b'@' | b'#' => self.operator(1),
                _ => self.word(),
            }
        }
        match self.open.last() {
            Some(&open) => Err(format!("Expected \"{}\" before end of expression", char::from(closer(open)))),
            None if matches!(self.last, Last::Operand | Last::Either) => Ok(()),
            None => Err("Unexpected end of expression".to_owned()),
        }
    }

    fn operator(&mut self, length: usize) {
        // A lone `?` in an argument list stands for an argument that is left open, and may be the last thing.
        let byte = self.text.as_bytes()[self.at];
        self.last = if matches!(byte, b'?' | b'|' | b'~') { Last::Either } else { Last::Operator };
        self.at += length;
    }

    fn close(&mut self, byte: u8) -> Result<(), String> {
        match self.open.pop() {
            Some(open) if closer(open) == byte => {
                self.at += 1;
                self.last = Last::Operand;
                Ok(())
            }
            Some(open) => {
                Err(format!("Expected \"{}\", got \"{}\"", char::from(closer(open)), char::from(byte)))
            }
            None if self.last == Last::Nothing => {
                Err(format!("The symbol \"{}\" cannot be used as a unary operator", char::from(byte)))
            }
            None => Err(format!("Syntax error: \"{}\"", char::from(byte))),
        }
    }

    fn string(&mut self, quote: u8) -> Result<(), String> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        while let Some(&byte) = bytes.get(at) {
            if byte == quote {
                self.at = at + 1;
                self.last = Last::Operand;
                return Ok(());
            }
            at += if byte == b'\\' { 2 } else { 1 };
        }
        Err("String literal must be terminated by a matching quote".to_owned())
    }

    fn quoted_name(&mut self) -> Result<(), String> {
        let Some(length) = self.text[self.at + 1..].find('`') else {
            return Err("Quoted property name must be terminated with a backquote (`)".to_owned());
        };
        self.at += length + 2;
        self.last = Last::Operand;
        Ok(())
    }

    fn comment(&mut self) -> Result<(), String> {
        let Some(length) = self.text[self.at + 2..].find("*/") else {
            return Err("Comment has no closing tag".to_owned());
        };
        self.at += length + 4;
        Ok(())
    }

    /// Up to the `/` that is neither escaped nor inside brackets, as the reference implementation has it.
    fn regex(&mut self) -> Result<(), String> {
        let bytes = self.text.as_bytes();
        let mut depth = 0i32;
        let mut at = self.at + 1;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                b'/' if depth == 0 => {
                    self.at = at + 1;
                    while matches!(bytes.get(self.at), Some(b'i' | b'm')) {
                        self.at += 1;
                    }
                    self.last = Last::Operand;
                    return Ok(());
                }
                _ => {}
            }
            at += 1;
        }
        Err("No terminating / in regular expression".to_owned())
    }

    /// A name, a variable or a number.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        // Other blanks of Unicode are parts of names.
        let is_part = |c: char| !" \t\n\r\u{b}\"'`/()[]{}*%?|~><=!.,;:^&+-@#".contains(c);
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        self.last = if matches!(word, "and" | "or" | "in") { Last::Either } else { Last::Operand };
        self.at += length;
    }
}

fn closer(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

#[cfg(test)]
mod tests {
    use super::check_jsonata;

    #[test]
    fn accepts_expressions() {
        let expressions = [
            "{%1%}",
            "{% $states.input.`a b`[0].c %}",
            "{% $sum(items.(price * quantity)) / 2 %}",
            "{% $match('a/b', /[/](a|b)\\/{1,2}/i) %}",
            "{% /* a ) comment */ 'it\\'s' & \"]\" %}",
            "{% $map([1, 2], function($v, $i) { $v / $i }) %}",
            "{% a.*/2 %}",
            "{% payload ~> |Account|{'x': 1}| %}",
            "{% $substring(?, 0, 2) %}",
            "{% and %}",
            "{% a.% %}",
            "{% $ %}",
            "{% a\u{2028}\u{85} + \u{b}1 %}",
            "{% library.loans@$l.books#$i[$l.isbn=isbn].title %}",
        ];
        for expression in expressions {
            assert_eq!(check_jsonata(expression), None, "{expression}");
        }
    }

    #[test]
    fn refuses_what_is_plainly_broken() {
        let cases = [
            ("{% 1", "JSONata string must start with {% and end with %}"),
            ("{% %}", "Unexpected end of expression"),
            ("{% 1 + %}", "Unexpected end of expression"),
            ("{% $x := %}", "Unexpected end of expression"),
            ("{% a[1,2) %}", "Expected \"]\", got \")\""),
            ("{% (1 + 2 %}", "Expected \")\" before end of expression"),
            ("{% \"open %}", "String literal must be terminated by a matching quote"),
            ("{% $match('a', /abc) %}", "No terminating / in regular expression"),
            ("{% 1 /* open %}", "Comment has no closing tag"),
            ("{% `a %}", "Quoted property name must be terminated with a backquote (`)"),
            ("{% a) %}", "Syntax error: \")\""),
            ("{% $.a[?(@.b)] %}", "The symbol \"?\" cannot be used as a unary operator"),
        ];
        for (expression, message) in cases {
            let problem = check_jsonata(expression).map(|problem| problem.message);
            assert_eq!(problem.as_deref(), Some(message), "{expression}");
        }
    }
}

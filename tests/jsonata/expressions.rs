//! Valid expressions made from bytes, for the property test here and for the fuzz target `jsonata`.

/// Inputs that the expressions are made for.
pub(crate) const INPUTS: &[&str] = &[
    r#"{"a":{"b":[1,2,3],"c":"x","d":{"b":5,"e":[{"b":6},{"b":7}]}},"b":[[1,2],[3],[]],"c":"k","n":4,"l":[{"b":1,"c":"x","n":3},{"b":[2,3],"c":"y","n":1},{"b":{"d":4},"c":"x","n":2},{"c":"z"}]}"#,
    r#"[{"a":1,"b":{"c":[1,2]},"c":"q"},{"a":[2,3],"b":{"c":3},"c":"p"},[{"a":9}],"text",null,-1.5e3]"#,
    r#"{"a":[{"b":[{"c":1},{"c":2}],"d":"p"},{"b":[{"c":3}],"d":"q"},{"b":{"c":[4,5]},"d":"p"}],"l":[3,1,2],"n":2,"c":"a b a"}"#,
    "\"text\"",
];

const NAMES: &[&str] = &["a", "b", "c", "d", "l", "n", "`a`"];
const VARIABLES: &[&str] = &["$", "$x", "$y", "$$"];
const LITERALS: &[&str] =
    &["1", "0", "-1", "2.5", "'x'", "''", "true", "null", "[]", "{}", "[0..2]", "/[a-c]/"];
const OPERATORS: &[&str] =
    &["+", "-", "*", "/", "%", "=", "!=", "<", ">=", "&", "and", "or", "in", "..", "?:", "??", "~>"];
const FUNCTIONS: &[&str] = &[
    "string", "count", "sum", "keys", "type", "reverse", "distinct", "exists", "merge", "spread", "length",
    "boolean", "number", "zip", "append", "join", "sort", "max", "round", "abs", "min", "average", "not",
    "floor",
];
/// What is compared without brackets around it, and with what.
const OPERANDS: &[&str] = &["n", "b", "c", "$x.b", "$y.c", "$x", "$", "$x.d.b", "l.n", "$sum(n)"];
const COMPARISONS: &[&str] = &[" > ", " = ", " <= ", " != ", " < ", " >= "];
const CONSTANTS: &[&str] = &["1", "'x'", "2.5", "-1", "''", "n", "$x", "'q'", "null"];
const HIGHER: &[&str] = &["map", "filter", "single", "sift", "each", "sort", "reduce"];
/// Deepest nesting of what is made.
const DEPTH_MAX: u32 = 5;
/// Longest text that grows on; powers of what it doubles stay small.
const LENGTH_MAX: usize = 400;

/// Whether an evaluation ended at one of its bounds.
pub(crate) fn is_out_of_bounds(outcome: &Result<bool, aslx::jsonata::EvaluateError>) -> bool {
    is_out_of_memory(outcome)
        || outcome.as_ref().is_err_and(|error| error.to_string().contains("more steps than it may"))
}

/// Whether an evaluation ended at its bound on memory. What is held there depends on the evaluation before: its memory
/// is used again.
pub(crate) fn is_out_of_memory(outcome: &Result<bool, aslx::jsonata::EvaluateError>) -> bool {
    outcome.as_ref().is_err_and(|error| error.to_string().contains("needs more memory"))
}

/// Spends bytes on choices; without bytes it takes the first and shortest of all.
pub(crate) struct Expressions<'b> {
    bytes: std::slice::Iter<'b, u8>,
    text: String,
}

impl<'b> Expressions<'b> {
    /// The expression that the bytes stand for.
    pub(crate) fn from_bytes(bytes: &'b [u8]) -> String {
        let mut made = Self { bytes: bytes.iter(), text: String::new() };
        made.expression(0);
        made.text
    }

    fn byte(&mut self, below: usize) -> usize {
        self.bytes.next().map_or(0, |byte| usize::from(*byte) % below)
    }

    fn one_of(&mut self, words: &[&str]) {
        let index = self.byte(words.len());
        self.text.push_str(words[index]);
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn around(&mut self, open: &str, depth: u32, close: &str) {
        self.put(open);
        self.expression(depth);
        self.put(close);
    }

    fn expression(&mut self, depth: u32) {
        if depth >= DEPTH_MAX || self.text.len() > LENGTH_MAX {
            return self.one_of(NAMES);
        }
        let inner = depth + 1;
        match self.byte(20) {
            0..=4 => self.path(inner),
            5 => self.one_of(LITERALS),
            6 => self.one_of(VARIABLES),
            7 => {
                self.around("(", inner, ") ");
                self.one_of(OPERATORS);
                self.around(" (", inner, ")");
            }
            8 => {
                self.around("(", inner, ") ? ");
                self.around("(", inner, ") : ");
                self.expression(inner);
            }
            9 => {
                self.put("(");
                self.one_of(&["$x", "$y"]);
                self.around(" := ", inner, "; ");
                self.around("", inner, ")");
            }
            10 => self.higher(inner),
            11 => {
                self.put("$");
                self.one_of(FUNCTIONS);
                self.around("(", inner, ")");
            }
            12 => {
                self.around("[", inner, ", ");
                self.around("", inner, "]");
            }
            13 => self.object(inner),
            14 => {
                self.around("(", inner, ") ~> |");
                self.path(inner);
                self.put("|");
                self.object(inner);
                self.put("|");
            }
            15 => {
                self.lambda(inner);
                self.around("(", inner, ", ");
                self.around("", inner, ")");
            }
            16..=17 => self.comparison(),
            18 => {
                self.comparison();
                self.one_of(&[" and ", " or "]);
                self.around("", inner, "");
            }
            _ => {
                self.one_of(OPERANDS);
                self.one_of(&[" * ", " + ", " & ", " - "]);
                self.one_of(OPERANDS);
            }
        }
    }

    fn comparison(&mut self) {
        self.one_of(OPERANDS);
        self.one_of(COMPARISONS);
        self.one_of(CONSTANTS);
    }

    fn path(&mut self, depth: u32) {
        self.step(depth);
        for _ in 0..self.byte(4) {
            self.put(".");
            self.step(depth);
        }
        match self.byte(10) {
            7 => self.around("^(", depth, ")"),
            8 => self.object(depth),
            9 => self.put("[]"),
            _ => {}
        }
    }

    fn step(&mut self, depth: u32) {
        match self.byte(12) {
            0..=5 => self.one_of(NAMES),
            6 => self.one_of(&["*", "**", "%", "%.%"]),
            7 => self.one_of(VARIABLES),
            8 => self.around("(", depth, ")"),
            9 => self.around("[", depth, "]"),
            10 => self.object(depth),
            _ => self.put("$string()"),
        }
        match self.byte(12) {
            6 => self.put("@$x"),
            7 => self.put("#$y"),
            8 => self.one_of(&["[0]", "[-1]", "[[0..1]]", "[]"]),
            9 => self.around("[", depth, "]"),
            10 => {
                self.put("[");
                self.comparison();
                self.put("]");
            }
            11 => self.around("[", depth, "]#$x"),
            _ => {}
        }
    }

    fn object(&mut self, depth: u32) {
        self.put("{");
        if self.byte(3) == 1 {
            self.around("'j': ", depth, ", ");
        }
        self.one_of(&["'k'", "$string(c)", "c", "$type($)"]);
        self.around(": ", depth, "}");
    }

    fn higher(&mut self, depth: u32) {
        self.put("$");
        self.one_of(HIGHER);
        self.around("(", depth, ", ");
        match self.byte(4) {
            0 => {
                self.put("$");
                self.one_of(FUNCTIONS);
            }
            1 => self.put("$append(?, 1)"),
            _ => self.lambda(depth),
        }
        self.put(")");
    }

    fn lambda(&mut self, depth: u32) {
        self.put("function(");
        self.one_of(&["$x", "$x, $y", "", "$x, $y, $z"]);
        self.around("){", depth, "}");
    }
}

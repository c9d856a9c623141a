//! Signatures of functions: `<s-nn?:s>` (JSONata documentation, "Function signature syntax").

use smallvec::SmallVec;

use super::error::Error;
use super::evaluation::Evaluation;
use super::item::{ArrayKind, Item, Items};
use crate::value::{Docs, View};

/// The arguments of a call once a signature has completed them.
pub(crate) type Arguments<'a> = SmallVec<[Item<'a>; 4]>;

/// What a function takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Signature {
    /// As it was written.
    text: Box<str>,
    parameters: Box<[Parameter]>,
    /// Matching as many arguments as parameters needs no search.
    is_plain: bool,
}

/// One parameter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parameter {
    /// Types of arguments that fit.
    types: Types,
    /// Its type is `a`: what is no array is wrapped in one.
    is_array: bool,
    /// Its type is `a` or `f`: it may have a type parameter.
    is_generic: bool,
    /// The type parameter.
    subtype: Option<Box<str>>,
    /// `-`: the types of a context that may stand for a missing argument.
    context: Option<Types>,
    /// Whether it may match no argument.
    is_optional: bool,
    /// Whether it may match more than one.
    is_repeated: bool,
    /// Whether it prefers to match less (`-?`).
    is_lazy: bool,
}

/// A set of type symbols.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Types(u16);

/// Symbols of types, `m` being a missing value; a symbol's bit is its index.
const SYMBOLS: &[u8] = b"asnblfom";

impl Types {
    const MISSING: Self = Self::of(b"m");
    const ARRAY: Self = Self::of(b"a");
    const FUNCTION: Self = Self::of(b"f");

    /// The set of these symbols; what is no symbol counts for nothing.
    const fn of(symbols: &[u8]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < symbols.len() {
            let mut bit = 0;
            while bit < SYMBOLS.len() {
                if SYMBOLS[bit] == symbols[at] {
                    set |= 1 << bit;
                }
                bit += 1;
            }
            at += 1;
        }
        Self(set)
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The symbol, if this is the set of one.
    fn symbol(self) -> u8 {
        SYMBOLS.get(self.0.trailing_zeros() as usize).copied().unwrap_or(b'm')
    }
}

/// The type of an item, as a set of one.
fn type_of(item: Item<'_>, docs: &Docs<'_>) -> Types {
    const {
        assert!(SYMBOLS.len() <= 16);
    }
    match item {
        Item::Json(value) => match value.view(docs) {
            View::Null => const { Types::of(b"l") },
            View::Bool(_) => const { Types::of(b"b") },
            View::Number(_) => const { Types::of(b"n") },
            View::String(_) => const { Types::of(b"s") },
            View::Array(_) => Types::ARRAY,
            View::Object(_) => const { Types::of(b"o") },
        },
        Item::Number(_) => const { Types::of(b"n") },
        Item::Array(_) => Types::ARRAY,
        Item::Object(_) => const { Types::of(b"o") },
        Item::Function(_) => Types::FUNCTION,
        Item::Cell(cell) => type_of(cell.get(), docs),
        Item::Undefined | Item::Unbound => Types::MISSING,
    }
}

impl serde::Serialize for Signature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for Signature {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(|(error, _)| serde::de::Error::custom(error))
    }
}

impl Signature {
    /// Reads a signature; `text` starts with `<`. The number is the offset of what is wrong (S0401, S0402).
    pub(crate) fn parse(text: &str) -> Result<Self, (Error, usize)> {
        let bytes = text.as_bytes();
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut at = 1;
        while let Some(&symbol) = bytes.get(at) {
            match symbol {
                b':' => break,
                b'-' | b'?' | b'+' => parameters.last_mut().into_iter().for_each(|last| last.suffix(symbol)),
                b'(' => {
                    let end = closing(bytes, at, b'(', b')');
                    let choice = bytes.get(at + 1..end).unwrap_or_default();
                    if choice.contains(&b'<') {
                        let error = Error::new("S0402").string_value(&String::from_utf8_lossy(choice));
                        return Err((error, at));
                    }
                    let types = Types::of(choice).with(Types::MISSING);
                    parameters.push(Parameter { types, ..Parameter::default() });
                    at = end;
                }
                b'<' => {
                    let end = closing(bytes, at, b'<', b'>');
                    let Some(last) = parameters.last_mut().filter(|last| last.is_generic) else {
                        return Err((Error::new("S0401"), at));
                    };
                    last.subtype = text.get(at + 1..end).map(Into::into);
                    at = end;
                }
                _ => parameters.extend(Parameter::of_symbol(symbol)),
            }
            at += 1;
        }
        let is_plain = parameters.iter().all(|parameter| !parameter.is_repeated && !parameter.is_lazy);
        Ok(Self { text: text.into(), parameters: parameters.into(), is_plain })
    }

    /// Checks the arguments and completes them: by the context where one is missing, and by wrapping what should
    /// be an array. Fails with T0410, T0411 and T0412.
    pub(crate) fn validate<'a>(
        &self,
        evaluation: &mut Evaluation<'_, 'a>,
        arguments: &[Item<'a>],
        context: Item<'a>,
    ) -> Result<Arguments<'a>, Error> {
        let docs = evaluation.heap.docs;
        let mut types: SmallVec<[Types; 8]> = SmallVec::with_capacity(arguments.len());
        types.extend(arguments.iter().map(|argument| type_of(*argument, docs)));
        let fits = |(parameter, found): (&Parameter, &Types)| parameter.types.intersects(*found);
        let mut validated = Arguments::with_capacity(self.parameters.len());
        // One argument for each parameter from the left, and what is left out is optional: no search is needed.
        if self.is_plain
            && types.len() <= self.parameters.len()
            && self.parameters[types.len()..].iter().all(Parameter::may_be_left_out)
            && self.parameters.iter().zip(&types).all(fits)
        {
            for (index, parameter) in self.parameters[..types.len()].iter().enumerate() {
                validated.push(parameter.fitted(evaluation, arguments[index], types[index], 1, index)?);
            }
            validated.resize(self.parameters.len(), Item::Undefined);
            return Ok(validated);
        }
        let counts = match_counts(&self.parameters, &types, true)
            .ok_or_else(|| self.mismatch(arguments, &types, docs))?;
        let mut at = 0;
        for (parameter, &count) in self.parameters.iter().zip(&counts) {
            for _ in 0..count {
                let found = types.get(at).copied().unwrap_or(Types::MISSING);
                validated.push(parameter.fitted(evaluation, argument(arguments, at), found, count, at)?);
                at += 1;
            }
            match parameter.context {
                _ if count > 0 => {}
                Some(types) if types.intersects(type_of(context, docs)) => validated.push(context),
                Some(_) => return Err(with_value(Error::new("T0411").index(at + 1), context, docs)),
                // As the reference implementation: the next argument is used up, though it did not match here.
                None => {
                    validated.push(argument(arguments, at));
                    at += 1;
                }
            }
        }
        Ok(validated)
    }

    /// Which argument does not fit: the one behind what the most parameters match.
    #[cold]
    fn mismatch(&self, arguments: &[Item<'_>], types: &[Types], docs: &Docs<'_>) -> Error {
        let mut good = 0;
        for end in 1..=self.parameters.len() {
            match match_counts(&self.parameters[..end], types, false) {
                Some(counts) => good = counts.iter().sum(),
                None => break,
            }
        }
        with_value(Error::new("T0410").index(good + 1), argument(arguments, good), docs)
    }
}

fn argument<'a>(arguments: &[Item<'a>], index: usize) -> Item<'a> {
    arguments.get(index).copied().unwrap_or(Item::Undefined)
}

#[cold]
fn with_value(error: Error, item: Item<'_>, docs: &Docs<'_>) -> Error {
    super::functions::error_value(error, item, docs)
}

/// The offset of the bracket that closes the one at `start`, or the end.
fn closing(bytes: &[u8], start: usize, open: u8, close: u8) -> usize {
    let mut depth = 0_usize;
    for (at, &byte) in bytes.iter().enumerate().skip(start) {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at;
            }
        }
    }
    bytes.len()
}

impl Parameter {
    fn of_symbol(symbol: u8) -> Option<Self> {
        let types = match symbol {
            b's' | b'n' | b'b' | b'l' | b'o' => Types::of(&[symbol]).with(Types::MISSING),
            b'a' | b'x' => Types::of(SYMBOLS),
            b'f' => Types::FUNCTION,
            b'j' => Types::of(b"asnblom"),
            _ => return None,
        };
        let is_array = symbol == b'a';
        Some(Self { types, is_array, is_generic: is_array || symbol == b'f', ..Self::default() })
    }

    /// Whether nothing stands for it where no argument does.
    fn may_be_left_out(&self) -> bool {
        self.is_optional && self.context.is_none()
    }

    /// Adds `-`, `?` or `+`.
    fn suffix(&mut self, symbol: u8) {
        if symbol == b'-' {
            self.context = Some(self.types);
        }
        match symbol {
            b'+' => self.is_repeated = true,
            _ if self.is_optional || self.is_repeated => self.is_lazy = true,
            _ => self.is_optional = true,
        }
    }

    /// An argument that matched, as an array if it should be one. `count`: how many this parameter matched.
    fn fitted<'a>(
        &self,
        evaluation: &mut Evaluation<'_, 'a>,
        item: Item<'a>,
        found: Types,
        count: usize,
        index: usize,
    ) -> Result<Item<'a>, Error> {
        if !self.is_array || found == Types::MISSING {
            return Ok(item);
        }
        let docs = evaluation.heap.docs;
        let items = item.as_array(docs);
        if let Some(subtype) = self.subtype.as_deref() {
            let is_right = match items {
                Some(items) => {
                    evaluation.charge(items.len())?;
                    is_array_of(items, subtype, docs)
                }
                None => count == 1 && subtype.as_bytes() == [found.symbol()],
            };
            if !is_right {
                let error = Error::new("T0412").index(index + 1);
                let error = match plural(subtype) {
                    Some(plural) => error.text(plural),
                    None => error,
                };
                return Err(with_value(error, item, docs));
            }
        }
        Ok(if items.is_some() { item } else { Item::array(&[item], ArrayKind::Plain, evaluation.heap) })
    }
}

fn is_array_of(items: Items<'_, '_>, subtype: &str, docs: &Docs<'_>) -> bool {
    let wanted = Types::of(&subtype.as_bytes()[..subtype.len().min(1)]);
    items.iter().all(|item| type_of(item, docs) == wanted)
}

fn plural(subtype: &str) -> Option<&'static str> {
    Some(match subtype {
        "a" => "arrays",
        "b" => "booleans",
        "f" => "functions",
        "n" => "numbers",
        "o" => "objects",
        "s" => "strings",
        _ => return None,
    })
}

/// How many arguments each parameter matches, as a regular expression over the types would match them: each as
/// many as possible, from the left. `is_whole`: all arguments must be matched.
fn match_counts(parameters: &[Parameter], types: &[Types], is_whole: bool) -> Option<SmallVec<[usize; 8]>> {
    let width = types.len() + 1;
    let fits = |parameter: usize, at: usize| {
        types.get(at).is_some_and(|found| parameters[parameter].types.intersects(*found))
    };
    // `can[p * width + i]`: the parameters from `p` on can match the arguments from `i` on.
    let mut can = vec![false; (parameters.len() + 1) * width];
    for at in 0..width {
        can[parameters.len() * width + at] = !is_whole || at == types.len();
    }
    for (index, parameter) in parameters.iter().enumerate().rev() {
        for at in (0..width).rev() {
            let more = fits(index, at)
                && (can[(index + 1) * width + at + 1]
                    || parameter.is_repeated && can[index * width + at + 1]);
            can[index * width + at] = more || parameter.is_optional && can[(index + 1) * width + at];
        }
    }
    if !can[0] {
        return None;
    }
    let mut counts = SmallVec::with_capacity(parameters.len());
    let mut at = 0;
    for (index, parameter) in parameters.iter().enumerate() {
        let mut most = 0;
        while fits(index, at + most) && (most == 0 || parameter.is_repeated) {
            most += 1;
        }
        let least = usize::from(!parameter.is_optional);
        let works = |count: &usize| can[(index + 1) * width + at + count];
        let count =
            if parameter.is_lazy { (least..=most).find(works) } else { (least..=most).rev().find(works) }?;
        counts.push(count);
        at += count;
    }
    Some(counts)
}

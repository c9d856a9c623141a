//! The table of functions.

use std::sync::LazyLock;

use super::{
    aggregation, array, boolean, datetime, direct, encoding, higher_order, numeric, object, pattern, sort,
    states, string,
};
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::Item;
use crate::jsonata::signature::Signature;
use crate::value::Docs;

/// A function's index in the table of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct Builtin(pub u8);

/// How functions are implemented: arguments in, result out. A sequence is returned as such; the caller unwraps it.
type Implementation = for<'h, 'a> fn(&mut Evaluation<'h, 'a>, &[Item<'a>]) -> Result<Item<'a>, Error>;

/// What a function comes to for arguments of the kinds that it is mostly given, and how much fuel that takes: `None`
/// for all others, errors included.
pub(crate) type Direct = for<'a> fn(&[Item<'a>], &Docs<'_>) -> Option<(Item<'a>, usize)>;

/// A row of the table.
struct Entry {
    name: &'static str,
    signature: &'static str,
    /// `Function.length` of the reference implementation: how many arguments `$map` and its like pass.
    arity: u8,
    implementation: Implementation,
    direct: Option<Direct>,
}

const fn function(
    name: &'static str,
    signature: &'static str,
    arity: u8,
    implementation: Implementation,
) -> Entry {
    Entry { name, signature, arity, implementation, direct: None }
}

impl Entry {
    const fn or_direct(self, direct: Direct) -> Self {
        Self { direct: Some(direct), ..self }
    }
}

/// By chapters of the documentation. `$eval` is missing on purpose: Step Functions has removed it.
static TABLE: &[Entry] = &[
    function("string", "<x-b?:s>", 1, string::string),
    function("length", "<s-:n>", 1, string::length),
    function("substring", "<s-nn?:s>", 3, string::substring),
    function("substringBefore", "<s-s:s>", 2, string::substring_before),
    function("substringAfter", "<s-s:s>", 2, string::substring_after),
    function("uppercase", "<s-:s>", 1, string::uppercase),
    function("lowercase", "<s-:s>", 1, string::lowercase),
    function("trim", "<s-:s>", 1, string::trim),
    function("pad", "<s-ns?:s>", 3, string::pad),
    function("contains", "<s-(sf):b>", 2, pattern::contains),
    function("split", "<s-(sf)n?:a<s>>", 3, pattern::split),
    function("join", "<a<s>s?:s>", 2, string::join),
    function("match", "<s-f<s:o>n?:a<o>>", 3, pattern::find),
    function("replace", "<s-(sf)(sf)n?:s>", 4, pattern::replace),
    function("base64encode", "<s-:s>", 1, encoding::base64_encode),
    function("base64decode", "<s-:s>", 1, encoding::base64_decode),
    function("encodeUrlComponent", "<s-:s>", 1, encoding::encode_url_component),
    function("encodeUrl", "<s-:s>", 1, encoding::encode_url),
    function("decodeUrlComponent", "<s-:s>", 1, encoding::decode_url_component),
    function("decodeUrl", "<s-:s>", 1, encoding::decode_url),
    function("number", "<(nsb)-:n>", 1, numeric::number),
    function("abs", "<n-:n>", 1, numeric::abs).or_direct(direct::abs),
    function("floor", "<n-:n>", 1, numeric::floor).or_direct(direct::floor),
    function("ceil", "<n-:n>", 1, numeric::ceil).or_direct(direct::ceil),
    function("round", "<n-n?:n>", 2, numeric::round).or_direct(direct::round),
    function("power", "<n-n:n>", 2, numeric::power),
    function("sqrt", "<n-:n>", 1, numeric::sqrt),
    function("formatNumber", "<n-so?:s>", 3, numeric::format_number),
    function("formatBase", "<n-n?:s>", 2, numeric::format_base),
    function("formatInteger", "<n-s:s>", 2, numeric::format_integer),
    function("parseInteger", "<s-s:n>", 2, numeric::parse_integer),
    function("sum", "<a<n>:n>", 1, aggregation::sum).or_direct(direct::sum),
    function("max", "<a<n>:n>", 1, aggregation::max).or_direct(direct::max),
    function("min", "<a<n>:n>", 1, aggregation::min).or_direct(direct::min),
    function("average", "<a<n>:n>", 1, aggregation::average).or_direct(direct::average),
    function("boolean", "<x-:b>", 1, boolean::boolean).or_direct(direct::boolean),
    function("not", "<x-:b>", 1, boolean::not).or_direct(direct::not),
    function("exists", "<x:b>", 1, boolean::exists).or_direct(direct::exists),
    function("count", "<a:n>", 1, array::count).or_direct(direct::count),
    function("append", "<xx:a>", 2, array::append_builtin),
    function("sort", "<af?:a>", 2, sort::sort),
    function("reverse", "<a:a>", 1, array::reverse),
    function("shuffle", "<a:a>", 1, array::shuffle),
    function("distinct", "<x:x>", 1, array::distinct),
    function("zip", "<a+>", 0, array::zip),
    function("keys", "<x-:a<s>>", 1, object::keys),
    function("lookup", "<x-s:x>", 2, object::lookup_builtin),
    function("spread", "<x-:a<o>>", 1, object::spread),
    function("merge", "<a<o>:o>", 1, object::merge),
    function("sift", "<o-f?:o>", 2, object::sift),
    function("each", "<o-f:a>", 2, object::each),
    function("error", "<s?:x>", 1, object::error),
    function("assert", "<bs?:x>", 2, object::assert),
    function("type", "<x:s>", 1, object::type_of),
    function("now", "<s?s?:s>", 2, datetime::now),
    function("millis", "<:n>", 0, datetime::millis),
    function("fromMillis", "<n-s?s?:s>", 3, datetime::from_millis_builtin),
    function("toMillis", "<s-s?:n>", 2, datetime::to_millis),
    function("map", "<af>", 2, higher_order::map),
    function("filter", "<af>", 2, higher_order::filter),
    function("single", "<af?>", 2, higher_order::single),
    function("reduce", "<afj?:j>", 3, higher_order::reduce),
    function("partition", "<an:a>", 2, states::partition),
    function("range", "<nnn:a>", 3, states::range),
    function("hash", "<s-s:s>", 2, states::hash),
    function("random", "<n?:n>", 0, states::random),
    function("uuid", "<:s>", 0, states::uuid),
    function("parse", "<s-:x>", 1, states::parse),
];

/// The signatures of the table, read once.
static SIGNATURES: LazyLock<Vec<Option<Signature>>> =
    LazyLock::new(|| TABLE.iter().map(|entry| Signature::parse(entry.signature).ok()).collect());

impl Builtin {
    /// The function of this name, without `$`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        TABLE.iter().position(|entry| entry.name == name).map(|index| Self(index as u8))
    }

    /// The names of all functions, without `$`.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|entry| entry.name)
    }

    /// Whether a function has this index.
    pub(crate) fn is_known(index: u16) -> bool {
        usize::from(index) < TABLE.len()
    }

    /// Its name, without `$`.
    pub(crate) fn name(self) -> &'static str {
        self.entry().map_or("", |entry| entry.name)
    }

    /// How many arguments functions like `$map` pass to it.
    pub(crate) fn arity(self) -> usize {
        self.entry().map_or(0, |entry| usize::from(entry.arity))
    }

    /// What it takes.
    pub(crate) fn signature(self) -> Option<&'static Signature> {
        SIGNATURES.get(usize::from(self.0))?.as_ref()
    }

    /// Its short cut, if it has one.
    #[inline]
    pub(crate) fn direct(self) -> Option<Direct> {
        self.entry()?.direct
    }

    /// Applies it to arguments that its signature has completed. A sequence is not unwrapped.
    pub(crate) fn call<'a>(
        self,
        evaluation: &mut Evaluation<'_, 'a>,
        arguments: &[Item<'a>],
    ) -> Result<Item<'a>, Error> {
        match self.entry() {
            Some(entry) => (entry.implementation)(evaluation, arguments),
            None => Err(Error::new("T1006")),
        }
    }

    fn entry(self) -> Option<&'static Entry> {
        TABLE.get(usize::from(self.0))
    }
}

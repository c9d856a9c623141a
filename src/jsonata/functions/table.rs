//! The table of functions.

use std::sync::LazyLock;

use super::{
    aggregation, array, boolean, datetime, encoding, higher_order, numeric, object, pattern, sort, states,
    string,
};
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::Item;
use crate::jsonata::signature::Signature;

/// A function's index in the table of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Builtin(pub u8);

/// How functions are implemented: arguments in, result out. A sequence is returned as such; the caller unwraps it.
type Implementation = for<'h, 'a> fn(&mut Evaluation<'h, 'a>, &[Item<'a>]) -> Result<Item<'a>, Error>;

/// A row of the table.
struct Entry {
    name: &'static str,
    signature: &'static str,
    /// `Function.length` of the reference implementation: how many arguments `$map` and its like pass.
    arity: u8,
    implementation: Implementation,
    /// Step Functions adds it; JSONata does not know it, or knows it otherwise.
    is_aws: bool,
}

/// A function of JSONata.
const fn standard(
    name: &'static str,
    signature: &'static str,
    arity: u8,
    implementation: Implementation,
) -> Entry {
    Entry { name, signature, arity, implementation, is_aws: false }
}

/// A function of Step Functions.
const fn aws(
    name: &'static str,
    signature: &'static str,
    arity: u8,
    implementation: Implementation,
) -> Entry {
    Entry { name, signature, arity, implementation, is_aws: true }
}

/// By chapters of the documentation. `$eval` is missing on purpose: Step Functions has removed it.
static TABLE: &[Entry] = &[
    standard("string", "<x-b?:s>", 1, string::string),
    standard("length", "<s-:n>", 1, string::length),
    standard("substring", "<s-nn?:s>", 3, string::substring),
    standard("substringBefore", "<s-s:s>", 2, string::substring_before),
    standard("substringAfter", "<s-s:s>", 2, string::substring_after),
    standard("uppercase", "<s-:s>", 1, string::uppercase),
    standard("lowercase", "<s-:s>", 1, string::lowercase),
    standard("trim", "<s-:s>", 1, string::trim),
    standard("pad", "<s-ns?:s>", 3, string::pad),
    standard("contains", "<s-(sf):b>", 2, pattern::contains),
    standard("split", "<s-(sf)n?:a<s>>", 3, pattern::split),
    standard("join", "<a<s>s?:s>", 2, string::join),
    standard("match", "<s-f<s:o>n?:a<o>>", 3, pattern::find),
    standard("replace", "<s-(sf)(sf)n?:s>", 4, pattern::replace),
    standard("base64encode", "<s-:s>", 1, encoding::base64_encode),
    standard("base64decode", "<s-:s>", 1, encoding::base64_decode),
    standard("encodeUrlComponent", "<s-:s>", 1, encoding::encode_url_component),
    standard("encodeUrl", "<s-:s>", 1, encoding::encode_url),
    standard("decodeUrlComponent", "<s-:s>", 1, encoding::decode_url_component),
    standard("decodeUrl", "<s-:s>", 1, encoding::decode_url),
    standard("number", "<(nsb)-:n>", 1, numeric::number),
    standard("abs", "<n-:n>", 1, numeric::abs),
    standard("floor", "<n-:n>", 1, numeric::floor),
    standard("ceil", "<n-:n>", 1, numeric::ceil),
    standard("round", "<n-n?:n>", 2, numeric::round),
    standard("power", "<n-n:n>", 2, numeric::power),
    standard("sqrt", "<n-:n>", 1, numeric::sqrt),
    standard("formatNumber", "<n-so?:s>", 3, numeric::format_number),
    standard("formatBase", "<n-n?:s>", 2, numeric::format_base),
    standard("formatInteger", "<n-s:s>", 2, numeric::format_integer),
    standard("parseInteger", "<s-s:n>", 2, numeric::parse_integer),
    standard("sum", "<a<n>:n>", 1, aggregation::sum),
    standard("max", "<a<n>:n>", 1, aggregation::max),
    standard("min", "<a<n>:n>", 1, aggregation::min),
    standard("average", "<a<n>:n>", 1, aggregation::average),
    standard("boolean", "<x-:b>", 1, boolean::boolean),
    standard("not", "<x-:b>", 1, boolean::not),
    standard("exists", "<x:b>", 1, boolean::exists),
    standard("count", "<a:n>", 1, array::count),
    standard("append", "<xx:a>", 2, array::append_builtin),
    standard("sort", "<af?:a>", 2, sort::sort),
    standard("reverse", "<a:a>", 1, array::reverse),
    standard("shuffle", "<a:a>", 1, array::shuffle),
    standard("distinct", "<x:x>", 1, array::distinct),
    standard("zip", "<a+>", 0, array::zip),
    standard("keys", "<x-:a<s>>", 1, object::keys),
    standard("lookup", "<x-s:x>", 2, object::lookup_builtin),
    standard("spread", "<x-:a<o>>", 1, object::spread),
    standard("merge", "<a<o>:o>", 1, object::merge),
    standard("sift", "<o-f?:o>", 2, object::sift),
    standard("each", "<o-f:a>", 2, object::each),
    standard("error", "<s?:x>", 1, object::error),
    standard("assert", "<bs?:x>", 2, object::assert),
    standard("type", "<x:s>", 1, object::type_of),
    standard("now", "<s?s?:s>", 2, datetime::now),
    standard("millis", "<:n>", 0, datetime::millis),
    standard("fromMillis", "<n-s?s?:s>", 3, datetime::from_millis_builtin),
    standard("toMillis", "<s-s?:n>", 2, datetime::to_millis),
    standard("map", "<af>", 2, higher_order::map),
    standard("filter", "<af>", 2, higher_order::filter),
    standard("single", "<af?>", 2, higher_order::single),
    standard("reduce", "<afj?:j>", 3, higher_order::reduce),
    aws("partition", "<an:a>", 2, states::partition),
    aws("range", "<nnn:a>", 3, states::range),
    aws("hash", "<s-s:s>", 2, states::hash),
    aws("random", "<n?:n>", 0, states::random),
    aws("uuid", "<:s>", 0, states::uuid),
    aws("parse", "<s-:x>", 1, states::parse),
];

/// The signatures of the table, read once.
static SIGNATURES: LazyLock<Vec<Option<Signature>>> =
    LazyLock::new(|| TABLE.iter().map(|entry| Signature::parse(entry.signature).ok()).collect());

impl Builtin {
    /// The function of this name, without `$`.
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().position(|entry| entry.name == name).map(|index| Self(index as u8))
    }

    /// The names of all functions, without `$`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|entry| entry.name)
    }

    /// Whether a function has this index.
    pub(crate) fn is_known(index: u16) -> bool {
        usize::from(index) < TABLE.len()
    }

    /// Its name, without `$`.
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |entry| entry.name)
    }

    /// How many arguments functions like `$map` pass to it.
    pub fn arity(self) -> usize {
        self.entry().map_or(0, |entry| usize::from(entry.arity))
    }

    /// Whether Step Functions adds it to JSONata.
    pub fn is_aws(self) -> bool {
        self.entry().is_some_and(|entry| entry.is_aws)
    }

    /// What it takes.
    pub(crate) fn signature(self) -> Option<&'static Signature> {
        SIGNATURES.get(usize::from(self.0))?.as_ref()
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

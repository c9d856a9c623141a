//! The functions: names, numbers of arguments, and where each is implemented.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::argument::Arguments;
use super::{IntrinsicError, array, encoding, format, hash, json, math, string, unique_id};
use crate::value::random::Random;
use crate::value::{Heap, Value};

/// An intrinsic function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Function {
    /// `States.Array(value, …)`
    Array,
    /// `States.ArrayPartition(array, size)`
    ArrayPartition,
    /// `States.ArrayContains(array, value)`
    ArrayContains,
    /// `States.ArrayRange(first, last, step)`
    ArrayRange,
    /// `States.ArrayGetItem(array, index)`
    ArrayGetItem,
    /// `States.ArrayLength(array)`
    ArrayLength,
    /// `States.ArrayUnique(array)`
    ArrayUnique,
    /// `States.Base64Encode(text)`
    Base64Encode,
    /// `States.Base64Decode(text)`
    Base64Decode,
    /// `States.Hash(data, algorithm)`
    Hash,
    /// `States.JsonMerge(first, second, false)`
    JsonMerge,
    /// `States.StringToJson(text)`
    StringToJson,
    /// `States.JsonToString(value)`
    JsonToString,
    /// `States.MathRandom(low, high[, seed])`
    MathRandom,
    /// `States.MathAdd(first, second)`
    MathAdd,
    /// `States.StringSplit(text, delimiters)`
    StringSplit,
    /// `States.UUID()`
    Uuid,
    /// `States.Format(template, value, …)`
    Format,
}

/// No bound on the number of arguments.
const ANY: usize = usize::MAX;

impl Function {
    /// All functions, in the order of the AWS documentation.
    pub const ALL: [Self; 18] = [
        Self::Array,
        Self::ArrayPartition,
        Self::ArrayContains,
        Self::ArrayRange,
        Self::ArrayGetItem,
        Self::ArrayLength,
        Self::ArrayUnique,
        Self::Base64Encode,
        Self::Base64Decode,
        Self::Hash,
        Self::JsonMerge,
        Self::StringToJson,
        Self::JsonToString,
        Self::MathRandom,
        Self::MathAdd,
        Self::StringSplit,
        Self::Uuid,
        Self::Format,
    ];

    /// The function of this name (`States.Format`).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    /// The name with its prefix: `States.Format`.
    pub fn name(self) -> &'static str {
        self.signature().0
    }

    /// How many arguments it takes.
    pub fn arity(self) -> RangeInclusive<usize> {
        self.signature().1
    }

    /// Whether equal arguments always give an equal result, so that a call of constants is a constant.
    pub fn is_pure(self, argument_count: usize) -> bool {
        match self {
            Self::Uuid => false,
            Self::MathRandom => argument_count == 3,
            _ => true,
        }
    }

    fn signature(self) -> (&'static str, RangeInclusive<usize>) {
        match self {
            Self::Array => ("States.Array", 0..=ANY),
            Self::ArrayPartition => ("States.ArrayPartition", 2..=2),
            Self::ArrayContains => ("States.ArrayContains", 2..=2),
            Self::ArrayRange => ("States.ArrayRange", 3..=3),
            Self::ArrayGetItem => ("States.ArrayGetItem", 2..=2),
            Self::ArrayLength => ("States.ArrayLength", 1..=1),
            Self::ArrayUnique => ("States.ArrayUnique", 1..=1),
            Self::Base64Encode => ("States.Base64Encode", 1..=1),
            Self::Base64Decode => ("States.Base64Decode", 1..=1),
            Self::Hash => ("States.Hash", 2..=2),
            Self::JsonMerge => ("States.JsonMerge", 3..=3),
            Self::StringToJson => ("States.StringToJson", 1..=1),
            Self::JsonToString => ("States.JsonToString", 1..=1),
            Self::MathRandom => ("States.MathRandom", 2..=3),
            Self::MathAdd => ("States.MathAdd", 2..=2),
            Self::StringSplit => ("States.StringSplit", 2..=2),
            Self::Uuid => ("States.UUID", 0..=0),
            Self::Format => ("States.Format", 1..=ANY),
        }
    }
}

/// Applies a function. `random` serves `States.UUID` and `States.MathRandom` only.
///
/// # Errors
/// The text says what is wrong with the arguments; a wrong number of them is an error too.
pub fn call<'a>(
    function: Function,
    arguments: &[Value<'a>],
    heap: Heap<'_, 'a>,
    random: &mut Random,
) -> Result<Value<'a>, IntrinsicError> {
    let arguments = Arguments::new(function, arguments, heap)?;
    match function {
        Function::Array => Ok(heap.array(arguments.values())),
        Function::ArrayPartition => array::partition(arguments),
        Function::ArrayContains => array::contains(arguments),
        Function::ArrayRange => array::range(arguments),
        Function::ArrayGetItem => array::get_item(arguments),
        Function::ArrayLength => array::length(arguments),
        Function::ArrayUnique => array::unique(arguments),
        Function::Base64Encode => encoding::base64_encode(arguments),
        Function::Base64Decode => encoding::base64_decode(arguments),
        Function::Hash => hash::hash(arguments),
        Function::JsonMerge => json::merge(arguments),
        Function::StringToJson => json::from_string(arguments),
        Function::JsonToString => json::to_string(arguments),
        Function::MathRandom => math::random(arguments, random),
        Function::MathAdd => math::add(arguments),
        Function::StringSplit => string::split(arguments),
        Function::Uuid => Ok(unique_id::uuid(heap, random)),
        Function::Format => format::format(arguments),
    }
}

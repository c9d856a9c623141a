//! What [`super::writer`] wrote, read again.
//!
//! Nothing here trusts the bytes: whatever they are, the outcome is a value or [`Unreadable`], and a sequence is
//! never longer than the bytes that are left, so that no length makes anyone allocate more than the input backs.

use std::fmt;

use serde::de::value::U8Deserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};

/// What is left of numbers and text.
#[derive(Debug)]
pub(in crate::bytecode) struct Reader<'b> {
    numbers: &'b [u8],
    text: &'b str,
}

/// These bytes do not hold what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("this cannot be read")]
pub(in crate::bytecode) struct Unreadable;

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'b> Reader<'b> {
    pub(in crate::bytecode) fn new(numbers: &'b [u8], text: &'b str) -> Self {
        Self { numbers, text }
    }

    /// The next value.
    #[inline]
    pub(in crate::bytecode) fn read<T: Deserialize<'b>>(&mut self) -> Result<T, Unreadable> {
        T::deserialize(self)
    }

    /// Whether everything has been read.
    pub(in crate::bytecode) fn is_at_end(&self) -> bool {
        self.numbers.is_empty() && self.text.is_empty()
    }

    #[inline]
    fn number<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (number, rest) = self.numbers.split_first_chunk().ok_or(Unreadable)?;
        self.numbers = rest;
        Ok(*number)
    }

    #[inline]
    fn byte(&mut self) -> Result<u8, Unreadable> {
        self.number().map(|[byte]| byte)
    }

    #[inline]
    fn length(&mut self) -> Result<usize, Unreadable> {
        self.number().map(|number| u32::from_le_bytes(number) as usize)
    }

    #[inline]
    fn bool(&mut self) -> Result<bool, Unreadable> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Unreadable),
        }
    }

    /// The next text. That all of it is UTF-8 has been seen to; only where it is cut is a question.
    #[inline]
    fn str(&mut self) -> Result<&'b str, Unreadable> {
        let length = self.length()?;
        let (text, rest) = self.text.split_at_checked(length).ok_or(Unreadable)?;
        self.text = rest;
        Ok(text)
    }

    #[inline]
    fn bytes(&mut self) -> Result<&'b [u8], Unreadable> {
        let length = self.length()?;
        let (bytes, rest) = self.numbers.split_at_checked(length).ok_or(Unreadable)?;
        self.numbers = rest;
        Ok(bytes)
    }
}

/// Values that follow each other.
struct Parts<'r, 'b> {
    reader: &'r mut Reader<'b>,
    left: usize,
}

impl<'b> de::SeqAccess<'b> for Parts<'_, 'b> {
    type Error = Unreadable;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'b>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'b> de::EnumAccess<'b> for &mut Reader<'b> {
    type Error = Unreadable;
    type Variant = Self;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'b>>(self, seed: S) -> Result<(S::Value, Self), Unreadable> {
        let variant: U8Deserializer<Unreadable> = self.byte()?.into_deserializer();
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'b> de::VariantAccess<'b> for &mut Reader<'b> {
    type Error = Unreadable;

    #[inline]
    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    #[inline]
    fn newtype_variant_seed<S: DeserializeSeed<'b>>(self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(self)
    }

    #[inline]
    fn tuple_variant<V: Visitor<'b>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(Parts { reader: self, left: length })
    }

    #[inline]
    fn struct_variant<V: Visitor<'b>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(Parts { reader: self, left: fields.len() })
    }
}

macro_rules! numbers {
    ($($method:ident, $visit:ident, $number:ty;)*) => {$(
        #[inline]
        fn $method<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.$visit(<$number>::from_le_bytes(self.number()?))
        }
    )*};
}

/// What does not say itself what it is cannot be asked for.
macro_rules! unknown {
    ($($method:ident;)*) => {$(
        fn $method<V: Visitor<'b>>(self, _: V) -> Result<V::Value, Unreadable> {
            Err(Unreadable)
        }
    )*};
}

impl<'b> Deserializer<'b> for &mut Reader<'b> {
    type Error = Unreadable;

    numbers! {
        deserialize_u8, visit_u8, u8;
        deserialize_u16, visit_u16, u16;
        deserialize_u32, visit_u32, u32;
        deserialize_u64, visit_u64, u64;
        deserialize_i8, visit_i8, i8;
        deserialize_i16, visit_i16, i16;
        deserialize_i32, visit_i32, i32;
        deserialize_i64, visit_i64, i64;
        deserialize_f32, visit_f32, f32;
        deserialize_f64, visit_f64, f64;
    }

    unknown! {
        deserialize_any;
        deserialize_identifier;
        deserialize_ignored_any;
        deserialize_map;
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.bool()?)
    }

    #[inline]
    fn deserialize_char<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let number = u32::from_le_bytes(self.number()?);
        visitor.visit_char(char::from_u32(number).ok_or(Unreadable)?)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_borrowed_str(self.str()?)
    }

    #[inline]
    fn deserialize_string<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_bytes<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_borrowed_bytes(self.bytes()?)
    }

    #[inline]
    fn deserialize_byte_buf<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.bool()? { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    #[inline]
    fn deserialize_unit<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'b>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'b>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let left = self.length()?;
        // No element of a table is without a number.
        if left > self.numbers.len() {
            return Err(Unreadable);
        }
        visitor.visit_seq(Parts { reader: self, left })
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'b>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(Parts { reader: self, left: length })
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'b>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(Parts { reader: self, left: length })
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'b>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(Parts { reader: self, left: fields.len() })
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'b>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde::{Deserialize, Serialize};

    use super::super::Writer;
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Unit,
        Newtype(i64),
        Tuple(bool, char),
        Struct { narrow: u8, wide: u64 },
    }

    /// Something of every form.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Everything<'b> {
        kinds: Vec<Kind>,
        absent: Option<u16>,
        present: Option<f64>,
        pair: (u32, i8),
        owned: Cow<'b, str>,
        borrowed: &'b str,
        bytes: &'b [u8],
        list: Vec<String>,
        nothing: (),
        last: u8,
    }

    fn everything() -> Everything<'static> {
        Everything {
            kinds: vec![
                Kind::Unit,
                Kind::Newtype(-7),
                Kind::Tuple(true, '\u{1F980}'),
                Kind::Struct { narrow: 255, wide: u64::MAX - 1 },
            ],
            absent: None,
            present: Some(0.1),
            pair: (70_000, -128),
            owned: Cow::Borrowed("\u{e9}t\u{e9}"),
            borrowed: "",
            bytes: &[0, 255],
            list: vec!["a".to_owned(), "\u{1F980}".to_owned()],
            nothing: (),
            last: 1,
        }
    }

    fn read<'b, T: Deserialize<'b>>(numbers: &'b [u8], text: &'b str) -> Option<T> {
        let mut reader = Reader::new(numbers, text);
        reader.read().ok().filter(|_| reader.is_at_end())
    }

    #[test]
    fn what_is_written_is_read() {
        let (numbers, text) = Writer::write(&everything()).expect("it has a form");
        assert_eq!(text, "\u{e9}t\u{e9}a\u{1F980}");
        assert_eq!(read(&numbers, &text), Some(everything()));
    }

    #[test]
    fn what_is_cut_off_or_goes_on_is_not_read() {
        let (numbers, text) = Writer::write(&everything()).expect("it has a form");
        for len in 0..numbers.len() {
            assert_eq!(read::<Everything<'_>>(&numbers[..len], &text), None, "{len} bytes of numbers");
        }
        for (len, _) in text.char_indices() {
            assert_eq!(read::<Everything<'_>>(&numbers, &text[..len]), None, "{len} bytes of text");
        }
        assert_eq!(read::<Everything<'_>>(&[&*numbers, &[0]].concat(), &text), None);
        assert_eq!(read::<Everything<'_>>(&numbers, &format!("{text}x")), None);
    }

    #[test]
    fn what_no_writer_writes_is_not_read() {
        assert_eq!(read::<bool>(&[2], ""), None);
        assert_eq!(read::<Option<u8>>(&[2, 0], ""), None);
        assert_eq!(read::<char>(&[0, 0xd8, 0, 0], ""), None, "a surrogate");
        assert_eq!(read::<Kind>(&[4], ""), None);
        assert_eq!(read::<&str>(&[1, 0, 0, 0], "\u{e9}"), None, "a text cut inside a character");
        assert_eq!(read::<Vec<u8>>(&[255, 255, 255, 255, 0], ""), None);
        assert_eq!(read::<Vec<u8>>(&[1, 0, 0, 0, 9], ""), Some(vec![9]));
    }
}

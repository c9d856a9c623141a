//! Anything that serde can take apart, written as numbers and text.

use std::fmt;

use serde::{Serialize, Serializer, ser};

/// Numbers, lengths and variants in one place, all texts in another: see [`super`].
#[derive(Debug, Default)]
pub(in crate::bytecode) struct Writer {
    numbers: Vec<u8>,
    text: String,
}

/// A length or a variant that the form has no room for, or none given.
#[derive(Debug, thiserror::Error)]
#[error("this cannot be written")]
pub(in crate::bytecode) struct Unwritable;

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl Writer {
    /// The numbers and the text of `value`.
    pub(in crate::bytecode) fn write<T: Serialize>(value: &T) -> Result<(Vec<u8>, String), Unwritable> {
        let mut writer = Self::default();
        value.serialize(&mut writer)?;
        Ok((writer.numbers, writer.text))
    }

    fn length(&mut self, length: usize) -> Result<(), Unwritable> {
        self.serialize_u32(u32::try_from(length).map_err(|_| Unwritable)?)
    }

    fn variant(&mut self, variant: u32) -> Result<(), Unwritable> {
        self.serialize_u8(u8::try_from(variant).map_err(|_| Unwritable)?)
    }
}

/// Numbers are little-endian, each as wide as its type.
macro_rules! numbers {
    ($($method:ident($number:ty);)*) => {$(
        fn $method(self, number: $number) -> Result<(), Unwritable> {
            self.numbers.extend_from_slice(&number.to_le_bytes());
            Ok(())
        }
    )*};
}

/// What has parts is its parts, one after the other.
macro_rules! parts {
    ($($part:ident::$method:ident;)*) => {$(
        impl ser::$part for &mut Writer {
            type Ok = ();
            type Error = Unwritable;

            fn $method<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), Unwritable> {
                part.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unwritable> {
                Ok(())
            }
        }
    )*};
}

macro_rules! named_parts {
    ($($part:ident;)*) => {$(
        impl ser::$part for &mut Writer {
            type Ok = ();
            type Error = Unwritable;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                _: &'static str,
                part: &T,
            ) -> Result<(), Unwritable> {
                part.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unwritable> {
                Ok(())
            }
        }
    )*};
}

parts! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

named_parts! {
    SerializeStruct;
    SerializeStructVariant;
}

impl Serializer for &mut Writer {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = ser::Impossible<(), Unwritable>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers! {
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_f32(f32);
        serialize_f64(f64);
    }

    fn serialize_bool(self, value: bool) -> Result<(), Unwritable> {
        self.serialize_u8(value.into())
    }

    fn serialize_char(self, value: char) -> Result<(), Unwritable> {
        self.serialize_u32(value.into())
    }

    fn serialize_str(self, text: &str) -> Result<(), Unwritable> {
        self.text.push_str(text);
        self.length(text.len())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Unwritable> {
        self.length(bytes.len())?;
        self.numbers.extend_from_slice(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_bool(false)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        self.serialize_bool(true)?;
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
    ) -> Result<(), Unwritable> {
        self.variant(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.variant(variant)?;
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self, Unwritable> {
        self.length(length.ok_or(Unwritable)?)?;
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unwritable> {
        self.variant(variant)?;
        Ok(self)
    }

    /// No table has one: a list of pairs says in which order they stand.
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unwritable> {
        Err(Unwritable)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unwritable> {
        self.variant(variant)?;
        Ok(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

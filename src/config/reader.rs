//! Reads a document into structs derived with serde; a fault of one value does not keep the others from being read.
//!
//! Must not know: any key. The keys are the fields of the structs; their values are `Field`s, which remember their place.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::SeqDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

use super::document::{Document, Node, Value, join};
use super::fault::{Expected, FaultKind, Place};
use super::meaning_fault::MeaningFault;
use crate::domain::hidden::first_hidden;

/// The name by which [`Reader`] recognises a field.
const FIELD: &str = "duban::config::Field";
/// A key less like the unknown one is not suggested.
const SIMILAR: f64 = 0.84;

/// A value that a key must have, with its place; an `Option` of it is a value that a key may have.
#[derive(Debug)]
pub(super) struct Field<T> {
    /// Number of its entry in the document; of its table's when the value is missing.
    pub(super) entry: usize,
    /// `None` if it could not be read; the fault is recorded then.
    pub(super) value: Option<T>,
}

/// Tables in double brackets, or a list in brackets.
pub(super) type List<T> = Field<Vec<Field<T>>>;

/// The items of a list that could be read, each with its entry.
pub(super) fn items<T>(list: Option<List<T>>) -> impl Iterator<Item = (usize, T)> {
    let items = list.and_then(|list| list.value).into_iter().flatten();
    items.filter_map(|item| item.value.map(|value| (item.entry, value)))
}

impl Document {
    /// Reads the whole file; missing and unknown keys and values of another type are recorded as faults.
    pub(super) fn read<'d, T: Deserialize<'d>>(&'d self) -> Option<T> {
        T::deserialize(Reader { document: self, given: Given::Value(self.root()) }).ok()
    }
}

/// The fault is recorded in the document already.
#[derive(Debug, thiserror::Error)]
#[error("a fault of the file is recorded")]
struct Recorded;

impl Error for Recorded {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// A value of the document, or a key that its table does not have.
#[derive(Clone, Copy)]
enum Given<'d> {
    Value(&'d Node),
    Missing { table: &'d Node, name: &'static str },
}

#[derive(Clone, Copy)]
struct Reader<'d> {
    document: &'d Document,
    given: Given<'d>,
}

impl<'d> Reader<'d> {
    fn entry(self) -> usize {
        match self.given {
            Given::Value(node) | Given::Missing { table: node, .. } => node.entry,
        }
    }

    /// The value; a missing one is a fault.
    fn node(self) -> Result<&'d Node, Recorded> {
        match self.given {
            Given::Value(node) => Ok(node),
            Given::Missing { table, name } => {
                self.document.fault_below(table.entry, name, FaultKind::Missing);
                Err(Recorded)
            }
        }
    }

    fn wrong_type(self, expected: Expected) -> Recorded {
        self.document.fault(self.entry(), FaultKind::WrongType { expected });
        Recorded
    }

    /// Records the keys of `table` that are no fields.
    fn record_unknown(
        self,
        table: &'d Node,
        name: &str,
        node: &Node,
        fields: &'static [&'static str],
    ) {
        let likeness = |field: &&str| strsim::jaro_winkler(field, name);
        let similar = fields.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let similar = similar.filter(|field| likeness(field) > SIMILAR);
        let similar = similar.map(|field| join(self.document.key(table.entry), field));
        let entry = self.innermost(node).entry;
        self.document.fault(entry, FaultKind::UnknownKey { similar, known: fields });
    }

    /// A variable sets a value inside a table that stands nowhere: the value has the place.
    fn innermost(self, node: &Node) -> &Node {
        match &node.value {
            Value::Table(inner) if self.document.place(node.entry) == Place::Default => {
                inner.values().next().map_or(node, |inner| self.innermost(inner))
            }
            Value::Table(_) | Value::List(_) | Value::Text(_) | Value::Number(_) | Value::Other => {
                node
            }
        }
    }
}

impl<'d> Deserializer<'d> for Reader<'d> {
    type Error = Recorded;

    fn deserialize_any<V: Visitor<'d>>(self, _: V) -> Result<V::Value, Recorded> {
        Err(self.wrong_type(Expected::Text))
    }

    fn deserialize_str<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Recorded> {
        match &self.node()?.value {
            Value::Text(text) => match first_hidden(text) {
                None => visitor.visit_borrowed_str(text),
                Some(character) => {
                    self.document.fault(self.entry(), MeaningFault::Hidden { character }.into());
                    Err(Recorded)
                }
            },
            Value::Table(_) | Value::List(_) | Value::Number(_) | Value::Other => {
                Err(self.wrong_type(Expected::Text))
            }
        }
    }

    fn deserialize_string<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Recorded> {
        self.deserialize_str(visitor)
    }

    fn deserialize_i64<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Recorded> {
        let from_environment =
            matches!(self.document.place(self.entry()), Place::Environment { .. });
        let number = match &self.node()?.value {
            Value::Number(number) => Some(*number),
            Value::Text(text) if from_environment => text.trim().parse().ok(),
            Value::Text(_) | Value::Table(_) | Value::List(_) | Value::Other => None,
        };
        visitor.visit_i64(number.ok_or_else(|| self.wrong_type(Expected::Number))?)
    }

    fn deserialize_option<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Recorded> {
        match self.given {
            Given::Value(_) => visitor.visit_some(self),
            Given::Missing { .. } => visitor.visit_none(),
        }
    }

    fn deserialize_seq<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Recorded> {
        let Value::List(items) = &self.node()?.value else {
            return Err(self.wrong_type(Expected::List));
        };
        let document = self.document;
        let items = items.iter().map(|item| Reader { document, given: Given::Value(item) });
        visitor.visit_seq(SeqDeserializer::new(items))
    }

    fn deserialize_struct<V: Visitor<'d>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Recorded> {
        let node = self.node()?;
        let Value::Table(table) = &node.value else {
            return Err(self.wrong_type(Expected::Table));
        };
        for (name, value) in table.iter().filter(|(name, _)| !fields.contains(&name.as_str())) {
            self.record_unknown(node, name, value, fields);
        }
        let document = self.document;
        visitor.visit_map(Fields { document, table: node, names: fields.iter(), next: None })
    }

    fn deserialize_tuple_struct<V: Visitor<'d>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Recorded> {
        if name == FIELD {
            visitor.visit_seq(FieldParts::Entry(self))
        } else {
            self.deserialize_any(visitor)
        }
    }

    forward_to_deserialize_any! {
        <V: Visitor<'d>>
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct tuple map
        enum identifier ignored_any
    }
}

impl<'d> IntoDeserializer<'d, Recorded> for Reader<'d> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The fields of a struct, each with its value in the table or without.
struct Fields<'d> {
    document: &'d Document,
    table: &'d Node,
    names: std::slice::Iter<'static, &'static str>,
    next: Option<Given<'d>>,
}

impl<'d> MapAccess<'d> for Fields<'d> {
    type Error = Recorded;

    fn next_key_seed<K: DeserializeSeed<'d>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Recorded> {
        let Some(name) = self.names.next() else { return Ok(None) };
        let value = match &self.table.value {
            Value::Table(table) => table.get(*name),
            Value::List(_) | Value::Text(_) | Value::Number(_) | Value::Other => None,
        };
        let missing = Given::Missing { table: self.table, name };
        self.next = Some(value.map_or(missing, Given::Value));
        seed.deserialize((*name).into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'d>>(&mut self, seed: V) -> Result<V::Value, Recorded> {
        let given = self.next.take().ok_or(Recorded)?;
        seed.deserialize(Reader { document: self.document, given })
    }
}

/// What a [`Field`] is made of: the number of its entry, then its value.
enum FieldParts<'d> {
    Entry(Reader<'d>),
    Value(Reader<'d>),
}

impl<'d> SeqAccess<'d> for FieldParts<'d> {
    type Error = Recorded;

    fn next_element_seed<T: DeserializeSeed<'d>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Recorded> {
        match *self {
            Self::Entry(reader) => {
                *self = Self::Value(reader);
                seed.deserialize(reader.entry().into_deserializer()).map(Some)
            }
            Self::Value(reader) => seed.deserialize(reader).map(Some),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple_struct(FIELD, 2, FieldVisitor(PhantomData))
    }
}

struct FieldVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Field<T>, A::Error> {
        let entry = parts.next_element()?.unwrap_or_default();
        // The fault is recorded; the fields beside this one are still read.
        let value = parts.next_element().ok().flatten();
        Ok(Field { entry, value })
    }
}

//! The declaration macro. Its output is described in the parent module.

/// Declares a document: the canonical struct, its draft, their JSON and their table of fields.
///
/// A field is `name: Type = "GoName" draft_form canonical_form`, where the draft form is `ptr` (null while
/// unset), `val` (zero while unset), `omit` (left out while unset) or `none` (never in a draft's JSON), and
/// the canonical form is `show`, `omit` (left out while empty) or `none`. A second Go name after the first
/// is the one canonical JSON uses.
#[macro_export]
macro_rules! document {
    ($(#[doc = $doc:literal])* $name:ident / $draft:ident {
        $( $(#[doc = $fdoc:literal])* $field:ident : $type:ty = $go:literal $(/ $server:literal)? $dform:ident $cform:ident ),* $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $( $(#[doc = $fdoc])*
               #[serde(rename = $go, skip_serializing_if = "crate::document::is_default")]
               pub $field: $type, )*
        }

        #[doc = concat!("A draft of [`", stringify!($name), "`]: what job files and the API accept.")]
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $draft {
            $( $(#[doc = $fdoc])* pub $field: Option<<$type as $crate::document::Field>::Draft>, )*
        }

        impl $crate::document::Field for $name {
            type Draft = $draft;
            const KIND: $crate::document::Kind =
                $crate::document::Kind::Document(<$name as $crate::document::Document>::fields);
            const LEAF: $crate::document::Leaf = $crate::document::Leaf::Document;

            fn resolve(draft: Option<Self::Draft>) -> Self {
                let draft = draft.unwrap_or_default();
                Self { $( $field: <$type as $crate::document::Field>::resolve(draft.$field), )* }
            }
            fn draft(&self) -> Option<Self::Draft> {
                Some($draft { $( $field: $crate::document::Field::draft(&self.$field), )* })
            }
            fn to_json(&self) -> serde_json::Value {
                let mut object = serde_json::Map::new();
                $( $crate::document!(@canonical $cform object self.$field, $crate::document!(@name $go $($server)?), $type); )*
                serde_json::Value::Object(object)
            }
            fn draft_to_json(draft: &Self::Draft) -> serde_json::Value {
                let mut object = serde_json::Map::new();
                $( $crate::document!(@draft $dform object draft.$field, $go, $type); )*
                serde_json::Value::Object(object)
            }
            fn zero_json() -> serde_json::Value {
                Self::draft_to_json(&$draft::default())
            }
            fn from_json(
                value: &serde_json::Value,
                path: &mut $crate::document::JsonPath,
            ) -> Result<Option<Self::Draft>, $crate::document::DecodeError> {
                if value.is_null() {
                    return Ok(None);
                }
                let Some(object) = value.as_object() else { return Err(path.wrong_type("an object", value)) };
                path.draft(std::mem::size_of::<$draft>())?;
                let mut draft = $draft::default();
                for (key, item) in object {
                    $( if key.eq_ignore_ascii_case($go) {
                        draft.$field =
                            path.step(key.as_str(), |path| <$type as $crate::document::Field>::from_json(item, path))?;
                        continue;
                    } )*
                }
                Ok(Some(draft))
            }
        }

        impl $crate::document::Document for $name {
            fn fields() -> &'static [$crate::document::FieldDef] {
                const FIELDS: &[$crate::document::FieldDef] = &[ $( $crate::document::FieldDef {
                    name: stringify!($field),
                    go: $go,
                    kind: <$type as $crate::document::Field>::KIND,
                    leaf: <$type as $crate::document::Field>::LEAF,
                    draft: $crate::document!(@form $dform),
                    canonical: $crate::document!(@form $cform),
                    doc: concat!($($fdoc),*),
                } ),* ];
                FIELDS
            }
        }

        impl $draft {
            /// The JSON that the API shows of it.
            #[must_use]
            pub fn to_json(&self) -> serde_json::Value {
                <$name as $crate::document::Field>::draft_to_json(self)
            }

            /// Reads the API's JSON; field names match in any case, unknown ones are ignored.
            ///
            /// # Errors
            /// Names the first place whose value has the wrong type.
            pub fn from_json(value: &serde_json::Value) -> Result<Self, $crate::document::DecodeError> {
                let mut path = $crate::document::JsonPath::default();
                Ok(<$name as $crate::document::Field>::from_json(value, &mut path)?.unwrap_or_default())
            }

            /// The canonical document; fields that are not set take their type's default.
            #[must_use]
            pub fn resolve(self) -> $name {
                <$name as $crate::document::Field>::resolve(Some(self))
            }
        }

        impl $name {
            /// The JSON that the API shows of it.
            #[must_use]
            pub fn to_json(&self) -> serde_json::Value {
                $crate::document::Field::to_json(self)
            }

            /// A draft with every field set.
            #[must_use]
            pub fn to_draft(&self) -> $draft {
                $crate::document::Field::draft(self).unwrap_or_default()
            }
        }
    };

    (@name $go:literal) => { $go };
    (@name $go:literal $server:literal) => { $server };

    (@form ptr) => { $crate::document::Form::Pointer };
    (@form val) => { $crate::document::Form::Value };
    (@form show) => { $crate::document::Form::Value };
    (@form omit) => { $crate::document::Form::Omitted };
    (@form none) => { $crate::document::Form::Absent };

    (@canonical show $object:ident $value:expr, $go:expr, $type:ty) => {
        $object.insert($go.to_owned(), $crate::document::Field::to_json(&$value));
    };
    (@canonical omit $object:ident $value:expr, $go:expr, $type:ty) => {
        if !$crate::document::is_default(&$value) {
            $object.insert($go.to_owned(), $crate::document::Field::to_json(&$value));
        }
    };
    (@canonical none $object:ident $value:expr, $go:expr, $type:ty) => {};

    (@draft ptr $object:ident $value:expr, $go:expr, $type:ty) => {
        let json = $value.as_ref().map_or(serde_json::Value::Null, <$type as $crate::document::Field>::draft_to_json);
        $object.insert($go.to_owned(), json);
    };
    (@draft val $object:ident $value:expr, $go:expr, $type:ty) => {
        let json = $value
            .as_ref()
            .map_or_else(<$type as $crate::document::Field>::zero_json, <$type as $crate::document::Field>::draft_to_json);
        $object.insert($go.to_owned(), json);
    };
    (@draft omit $object:ident $value:expr, $go:expr, $type:ty) => {
        if let Some(set) = $value.as_ref() {
            $object.insert($go.to_owned(), <$type as $crate::document::Field>::draft_to_json(set));
        }
    };
    (@draft none $object:ident $value:expr, $go:expr, $type:ty) => {};
}

/// Whether a value is its type's default, which JSON and the compact form may leave out.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

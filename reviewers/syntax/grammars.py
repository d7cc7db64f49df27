"""What definitions, calls and names are called in each grammar: data for ``symbols`` and ``uses``."""

from __future__ import annotations

from enum import StrEnum


class SymbolKind(StrEnum):
    """What a definition defines; a method is a function that a type or an object holds."""

    FUNCTION = "function"
    METHOD = "method"
    TYPE = "type"
    MODULE = "module"


_FUNCTION, _TYPE, _MODULE = SymbolKind.FUNCTION, SymbolKind.TYPE, SymbolKind.MODULE

_JAVASCRIPT = {
    "function_declaration": _FUNCTION,
    "generator_function_declaration": _FUNCTION,
    "method_definition": _FUNCTION,
    "class_declaration": _TYPE,
    "variable_declarator": _FUNCTION,
    "assignment_expression": _FUNCTION,
    "pair": _FUNCTION,
}
_TYPESCRIPT = _JAVASCRIPT | {
    "public_field_definition": _FUNCTION,
    "function_signature": _FUNCTION,
    "method_signature": _FUNCTION,
    "abstract_method_signature": _FUNCTION,
    "abstract_class_declaration": _TYPE,
    "interface_declaration": _TYPE,
    "type_alias_declaration": _TYPE,
    "enum_declaration": _TYPE,
    "internal_module": _MODULE,
}
_C = {
    "function_definition": _FUNCTION,
    "preproc_function_def": _FUNCTION,
    "struct_specifier": _TYPE,
    "union_specifier": _TYPE,
    "enum_specifier": _TYPE,
    "type_definition": _TYPE,
}

DEFINITIONS: dict[str, dict[str, SymbolKind]] = {
    "python": {"class_definition": _TYPE, "function_definition": _FUNCTION},
    "javascript": _JAVASCRIPT | {"field_definition": _FUNCTION},
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "go": {
        "function_declaration": _FUNCTION,
        "method_declaration": _FUNCTION,
        "method_elem": _FUNCTION,
        "type_spec": _TYPE,
        "type_alias": _TYPE,
    },
    "java": {
        "method_declaration": _FUNCTION,
        "constructor_declaration": _FUNCTION,
        "class_declaration": _TYPE,
        "interface_declaration": _TYPE,
        "enum_declaration": _TYPE,
        "record_declaration": _TYPE,
        "annotation_type_declaration": _TYPE,
    },
    "csharp": {
        "method_declaration": _FUNCTION,
        "constructor_declaration": _FUNCTION,
        "property_declaration": _FUNCTION,
        "local_function_statement": _FUNCTION,
        "class_declaration": _TYPE,
        "interface_declaration": _TYPE,
        "struct_declaration": _TYPE,
        "enum_declaration": _TYPE,
        "record_declaration": _TYPE,
        "delegate_declaration": _TYPE,
        "namespace_declaration": _MODULE,
    },
    "ruby": {"method": _FUNCTION, "singleton_method": _FUNCTION, "class": _TYPE, "module": _MODULE},
    "php": {
        "function_definition": _FUNCTION,
        "method_declaration": _FUNCTION,
        "class_declaration": _TYPE,
        "interface_declaration": _TYPE,
        "trait_declaration": _TYPE,
        "enum_declaration": _TYPE,
    },
    "rust": {
        "function_item": _FUNCTION,
        "function_signature_item": _FUNCTION,
        "macro_definition": _FUNCTION,
        "struct_item": _TYPE,
        "enum_item": _TYPE,
        "union_item": _TYPE,
        "trait_item": _TYPE,
        "type_item": _TYPE,
        "impl_item": _TYPE,
        "mod_item": _MODULE,
    },
    "c": _C,
    "cpp": _C | {"class_specifier": _TYPE, "alias_declaration": _TYPE, "namespace_definition": _MODULE},
}
"""For each language the nodes that define something."""

FUNCTION_VALUES = frozenset({"arrow_function", "function_expression", "generator_function"})
"""What makes a variable, a property or an assignment of JavaScript the definition of a function."""

WITH_BODY_ONLY = frozenset({"struct_specifier", "union_specifier", "enum_specifier", "class_specifier"})
"""Nodes of C and C++ that only name a type where they have no body."""

_AROUND_JAVASCRIPT = ("export_statement", "lexical_declaration", "variable_declaration", "expression_statement")
WRAPPERS: dict[str, tuple[str, ...]] = {
    "python": ("decorated_definition",),
    "javascript": _AROUND_JAVASCRIPT,
    "typescript": _AROUND_JAVASCRIPT,
    "tsx": _AROUND_JAVASCRIPT,
    "go": ("type_declaration",),
    "cpp": ("template_declaration",),
}
"""Nodes around one definition that belong to it: decorators, ``export``, ``const``, ``type``, ``template``."""

CALLS: dict[str, dict[str, str]] = {
    "python": {"call": "function"},
    "javascript": {"call_expression": "function", "new_expression": "constructor"},
    "typescript": {"call_expression": "function", "new_expression": "constructor"},
    "tsx": {"call_expression": "function", "new_expression": "constructor"},
    "go": {"call_expression": "function"},
    "java": {"method_invocation": "name", "object_creation_expression": "type"},
    "csharp": {"invocation_expression": "function", "object_creation_expression": "type"},
    "ruby": {"call": "method"},
    "php": {
        "function_call_expression": "function",
        "member_call_expression": "name",
        "nullsafe_member_call_expression": "name",
        "scoped_call_expression": "name",
        "object_creation_expression": "",
    },
    "rust": {"call_expression": "function", "macro_invocation": "macro"},
    "c": {"call_expression": "function"},
    "cpp": {"call_expression": "function", "new_expression": "type"},
}
"""For each language the nodes that call something, and the field that names it; "" where the second child does."""

NAMES: dict[str, tuple[str, ...]] = {
    "python": ("identifier",),
    "javascript": ("identifier", "property_identifier", "shorthand_property_identifier"),
    "typescript": ("identifier", "property_identifier", "shorthand_property_identifier", "type_identifier"),
    "tsx": ("identifier", "property_identifier", "shorthand_property_identifier", "type_identifier"),
    "go": ("identifier", "field_identifier", "type_identifier"),
    "java": ("identifier", "type_identifier"),
    "csharp": ("identifier",),
    "ruby": ("identifier", "constant"),
    "php": ("name",),
    "rust": ("identifier", "field_identifier", "type_identifier"),
    "c": ("identifier", "field_identifier", "type_identifier"),
    "cpp": ("identifier", "field_identifier", "type_identifier", "namespace_identifier"),
}
"""For each language the nodes that are a name."""

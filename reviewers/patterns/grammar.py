"""What the kinds of syntax nodes mean, language by language, for those who follow values through a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FIRST, LAST = "<first>", "<last>"
"""Named children that have no field of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Kinds of nodes of one grammar; where a child has no field, ``FIRST`` or ``LAST`` stands for it.

    Attributes:
        scopes: Functions and what else has variables of its own.
        assigned: Kinds that give a value a name: field of the name, field of the value.
        names: Kinds of variables.
        members: Kinds of ``a.b`` and of ``a[b]``: the field of ``a``.
        calls: Kinds of calls: fields of what is called (several: receiver and name), and of the arguments.
        decisions: Kinds whose value says nothing of what went in: comparisons, negations, functions.
        choices: Kinds with a condition that is no part of the value: the field of the condition.
        branches: Kinds that may not be run: what is assigned inside is one of several possibilities outside.
        conditions: Kinds with a condition after which a value may count as checked: the field of the condition.
    """

    scopes: frozenset[str]
    assigned: Mapping[str, tuple[str, str]]
    names: frozenset[str]
    members: Mapping[str, str]
    calls: Mapping[str, tuple[tuple[str, ...], str]]
    decisions: frozenset[str]
    choices: Mapping[str, str] = field(default_factory=dict)
    branches: frozenset[str]
    conditions: Mapping[str, str]


_PYTHON = Grammar(
    scopes=frozenset({"function_definition", "lambda"}),
    assigned={
        "assignment": ("left", "right"),
        "augmented_assignment": ("left", "right"),
        "named_expression": ("name", "value"),
        "for_statement": ("left", "right"),
        "for_in_clause": ("left", "right"),
        "as_pattern": ("alias", FIRST),
    },
    names=frozenset({"identifier"}),
    members={"attribute": "object", "subscript": "value"},
    calls={"call": (("function",), "arguments")},
    decisions=frozenset({"comparison_operator", "not_operator", "lambda"}),
    branches=frozenset(
        {"if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "except_clause"}
    ),
    conditions={"if_statement": "condition", "elif_clause": "condition", "while_statement": "condition"},
)
_JAVASCRIPT = Grammar(
    scopes=frozenset(
        {
            "function_declaration",
            "function_expression",
            "arrow_function",
            "method_definition",
            "generator_function_declaration",
            "generator_function",
        }
    ),
    assigned={
        "variable_declarator": ("name", "value"),
        "assignment_expression": ("left", "right"),
        "augmented_assignment_expression": ("left", "right"),
        "for_in_statement": ("left", "right"),
    },
    names=frozenset({"identifier", "shorthand_property_identifier_pattern", "shorthand_property_identifier"}),
    members={"member_expression": "object", "subscript_expression": "object"},
    calls={"call_expression": (("function",), "arguments"), "new_expression": (("constructor",), "arguments")},
    decisions=frozenset({"arrow_function", "function_expression"}),
    choices={"ternary_expression": "condition"},
    branches=frozenset(
        {
            "if_statement",
            "else_clause",
            "for_statement",
            "for_in_statement",
            "while_statement",
            "catch_clause",
            "switch_case",
        }
    ),
    conditions={"if_statement": "condition", "while_statement": "condition"},
)
_GO = Grammar(
    scopes=frozenset({"function_declaration", "method_declaration", "func_literal"}),
    assigned={
        "short_var_declaration": ("left", "right"),
        "assignment_statement": ("left", "right"),
        "var_spec": ("name", "value"),
        "range_clause": ("left", "right"),
    },
    names=frozenset({"identifier"}),
    members={"selector_expression": "operand", "index_expression": "operand", "slice_expression": "operand"},
    calls={"call_expression": (("function",), "arguments")},
    decisions=frozenset({"func_literal"}),
    branches=frozenset({"if_statement", "for_statement", "expression_case", "type_case", "communication_case"}),
    conditions={"if_statement": "condition"},
)
_JAVA = Grammar(
    scopes=frozenset({"method_declaration", "constructor_declaration", "lambda_expression"}),
    assigned={
        "variable_declarator": ("name", "value"),
        "assignment_expression": ("left", "right"),
        "enhanced_for_statement": ("name", "value"),
        "resource": ("name", "value"),
    },
    names=frozenset({"identifier"}),
    members={"field_access": "object", "array_access": "array"},
    calls={
        "method_invocation": (("object", "name"), "arguments"),
        "object_creation_expression": (("type",), "arguments"),
    },
    decisions=frozenset({"lambda_expression", "instanceof_expression"}),
    choices={"ternary_expression": "condition"},
    branches=frozenset(
        {"if_statement", "for_statement", "enhanced_for_statement", "while_statement", "catch_clause", "switch_rule"}
    ),
    conditions={"if_statement": "condition", "while_statement": "condition"},
)
_CSHARP = Grammar(
    scopes=frozenset(
        {"method_declaration", "constructor_declaration", "lambda_expression", "local_function_statement"}
    ),
    assigned={
        "variable_declarator": ("name", LAST),
        "assignment_expression": ("left", "right"),
        "foreach_statement": ("left", "right"),
    },
    names=frozenset({"identifier"}),
    members={"member_access_expression": "expression", "element_access_expression": "expression"},
    calls={
        "invocation_expression": (("function",), "arguments"),
        "object_creation_expression": (("type",), "arguments"),
    },
    decisions=frozenset({"lambda_expression", "is_pattern_expression"}),
    choices={"conditional_expression": "condition"},
    branches=frozenset(
        {"if_statement", "for_statement", "foreach_statement", "while_statement", "catch_clause", "switch_section"}
    ),
    conditions={"if_statement": "condition", "while_statement": "condition"},
)
_RUBY = Grammar(
    scopes=frozenset({"method", "singleton_method", "lambda"}),
    assigned={"assignment": ("left", "right"), "operator_assignment": ("left", "right")},
    names=frozenset({"identifier", "instance_variable", "global_variable"}),
    members={"element_reference": "object"},
    calls={"call": (("receiver", "method"), "arguments")},
    decisions=frozenset({"lambda"}),
    choices={"conditional": "condition"},
    branches=frozenset(
        {"if", "unless", "elsif", "else", "while", "until", "when", "rescue", "if_modifier", "unless_modifier"}
    ),
    conditions={
        "if": "condition",
        "unless": "condition",
        "elsif": "condition",
        "if_modifier": "condition",
        "unless_modifier": "condition",
    },
)
_PHP = Grammar(
    scopes=frozenset({"function_definition", "method_declaration", "anonymous_function", "arrow_function"}),
    assigned={
        "assignment_expression": ("left", "right"),
        "augmented_assignment_expression": ("left", "right"),
    },
    names=frozenset({"variable_name"}),
    members={"member_access_expression": "object", "subscript_expression": FIRST},
    calls={
        "function_call_expression": (("function",), "arguments"),
        "member_call_expression": (("object", "name"), "arguments"),
        "scoped_call_expression": (("scope", "name"), "arguments"),
        "object_creation_expression": ((FIRST,), LAST),
    },
    decisions=frozenset({"anonymous_function", "arrow_function"}),
    choices={"conditional_expression": "condition"},
    branches=frozenset(
        {
            "if_statement",
            "else_if_clause",
            "else_clause",
            "for_statement",
            "foreach_statement",
            "while_statement",
            "catch_clause",
        }
    ),
    conditions={"if_statement": "condition", "else_if_clause": "condition"},
)
_C = Grammar(
    scopes=frozenset({"function_definition", "lambda_expression"}),
    assigned={"init_declarator": ("declarator", "value"), "assignment_expression": ("left", "right")},
    names=frozenset({"identifier"}),
    members={"field_expression": "argument", "subscript_expression": "argument"},
    calls={"call_expression": (("function",), "arguments")},
    decisions=frozenset({"lambda_expression", "sizeof_expression"}),
    choices={"conditional_expression": "condition"},
    branches=frozenset({"if_statement", "else_clause", "for_statement", "while_statement", "case_statement"}),
    conditions={"if_statement": "condition", "while_statement": "condition"},
)

GRAMMARS: Mapping[str, Grammar] = {
    "python": _PYTHON,
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "tsx": _JAVASCRIPT,
    "go": _GO,
    "java": _JAVA,
    "csharp": _CSHARP,
    "ruby": _RUBY,
    "php": _PHP,
    "c": _C,
    "cpp": _C,
}
"""The languages in which values can be followed."""

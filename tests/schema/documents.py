"""Documents that ask too much, each for a reason of its own."""

from __future__ import annotations


def nested_fields(depth: int) -> str:
    """As deep as introspection lets anyone go."""
    return "{ __schema { types " + "{ ofType " * depth + "{ name }" + " }" * depth + " } }"


def aliases(count: int) -> str:
    return "{" + " ".join(f"a{number}: __typename" for number in range(count)) + "}"


def repeated_field(count: int) -> str:
    return "{" + "viewer { email } " * count + "}"


def doubling_fragments(levels: int) -> str:
    """Billion laughs: each fragment uses the next one twice."""
    fragments = [
        f"fragment F{level} on Query {{ ...F{level + 1} ...F{level + 1} }}"
        for level in range(levels)
    ]
    last = f"fragment F{levels} on Query {{ viewer {{ email }} }}"
    return "\n".join(["{ ...F0 }", *fragments, last])


def fragment_circle(length: int) -> str:
    fragments = [
        f"fragment F{number} on Query {{ ...F{(number + 1) % length} }}" for number in range(length)
    ]
    return "\n".join(["{ ...F0 }", *fragments])


def overlapping_fragments(count: int) -> str:
    """What makes the comparison of overlapping fields quadratic."""
    spreads = " ".join(f"...F{number}" for number in range(count))
    fragments = [
        f"fragment F{number} on Query {{ a: viewer {{ email }} b: viewer {{ email }} }}"
        for number in range(count)
    ]
    return "\n".join([f"{{ {spreads} }}", *fragments])


def spreads(count: int) -> str:
    return "{" + "...F " * count + "} fragment F on Query { __typename }"


def directives_on_one_field(count: int) -> str:
    return "{ viewer " + "@include(if: true) " * count + "{ email } }"


def directives_on_many_fields(count: int) -> str:
    return "{ viewer {" + "email @include(if: true) " * count + "} }"


def nested_literal(depth: int) -> str:
    value = "[" * depth + "]" * depth
    return f"mutation {{ recordEvents(events: [{{metadata: {value}}}]) {{ recorded }} }}"


def long_literal(items: int) -> str:
    names = ",".join(['"a"'] * items)
    return f"{{ events(filter: {{customerIds: [{names}]}}) {{ head }} }}"


def introspection_loop(rounds: int) -> str:
    return (
        "{ __schema { types { " + "fields { type { " * rounds + "name" + " } }" * rounds + " } } }"
    )


def many_operations(count: int) -> str:
    return " ".join(f"query A{number} {{ viewer {{ email }} }}" for number in range(count))


def many_variables(count: int) -> str:
    declared = " ".join(f"$a{number}: Int" for number in range(count))
    return f"query({declared}) {{ viewer {{ email }} }}"


def unknown_fields(count: int) -> str:
    return "{" + " ".join(f"viewr{number}" for number in range(count)) + "}"


def costly_pages(count: int) -> str:
    pages = " ".join(
        f"a{number}: events(first: 1000) {{ edges {{ node {{ id units {{ unit quantity }} }} }}"
        f" nodes {{ id units {{ unit quantity }} cost {{ lines {{ unit amount }} }} }} }}"
        for number in range(count)
    )
    return f"{{ {pages} }}"

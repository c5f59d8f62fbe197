"""The GraphQL contract: types, inputs, scalars, roots, and how errors are shown."""

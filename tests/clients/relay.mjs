// One operation by the `environment` of Relay that docs/clients.md sets up.
import { readFileSync } from 'node:fs'
import { buildSchema, getNamedType, getNullableType, isListType, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { commitMutation, fetchQuery as fetchRelayQuery, requestSubscription } from 'relay-runtime'
import { options, say } from './script.mjs'

const { kind, query, variables } = options

/** What relay-compiler makes of a document without fragments. */
function artifact(text) {
  const types = new TypeInfo(buildSchema(readFileSync('../../schema/schema.graphql', 'utf8')))
  const leave = ({ name, arguments: given, selectionSet }) => ({
    alias: null,
    args: given.map((one) => ({ kind: 'Variable', name: one.name.value, variableName: one.value.name.value })),
    kind: selectionSet ? 'LinkedField' : 'ScalarField',
    name: name.value,
    storageKey: null,
    ...(selectionSet && { ...shapes.get(name.value), selections: selectionSet.selections }),
  })
  const shapes = new Map()
  const enter = ({ name }) => {
    const type = getNullableType(types.getType())
    shapes.set(name.value, { concreteType: getNamedType(type)?.name, plural: isListType(type) })
  }
  const document = visit(parse(text), visitWithTypeInfo(types, { Field: { enter, leave } }))
  const { name, selectionSet, variableDefinitions } = document.definitions[0]
  const parts = {
    argumentDefinitions: variableDefinitions.map(({ variable }) => ({
      defaultValue: null,
      kind: 'LocalArgument',
      name: variable.name.value,
    })),
    name: name.value,
    selections: selectionSet.selections,
  }
  return {
    fragment: { ...parts, kind: 'Fragment', metadata: null, type: kind, abstractKey: null },
    kind: 'Request',
    operation: { ...parts, kind: 'Operation' },
    params: { cacheID: name.value, id: null, metadata: {}, name: name.value, operationKind: kind, text },
  }
}

const fail = (error) => say({ code: error.errors?.[0].extensions.code ?? `${error}` })
const request = artifact(query)
if (kind === 'subscription')
  requestSubscription(environment, { subscription: request, variables, onNext: (data) => say({ data }), onError: fail })
else if (kind === 'query')
  fetchRelayQuery(environment, request, variables).subscribe({ next: (data) => say({ data }), error: fail })
else commitMutation(environment, { mutation: request, variables, onCompleted: (data) => say({ data }), onError: fail })

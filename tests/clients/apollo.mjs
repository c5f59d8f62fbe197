// One operation by the `client` of Apollo that docs/clients.md sets up.
import { CombinedGraphQLErrors, gql } from '@apollo/client'
import { options, say } from './script.mjs'

const tell = ({ data }) => say({ data })
const fail = (error) => say({ code: CombinedGraphQLErrors.is(error) ? error.errors[0].extensions.code : `${error}` })

const { kind, variables } = options
const document = gql(options.query)
if (kind === 'subscription')
  client.subscribe({ query: document, variables }).subscribe({
    next: ({ data, error }) => (error ? fail(error) : tell({ data })),
    error: fail,
  })
else if (kind === 'query') await client.query({ query: document, variables }).then(tell, fail)
else await client.mutate({ mutation: document, variables }).then(tell, fail)

// One operation by the `client` of graphql-request that docs/clients.md sets up.
import { ClientError } from 'graphql-request'
import { options, say } from './script.mjs'

await client.request(options.query, options.variables).then(
  (data) => say({ data }),
  (error) => say({ code: error instanceof ClientError ? error.response.errors[0].extensions.code : `${error}` }),
)

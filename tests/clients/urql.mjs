// One operation by the `client` of urql that docs/clients.md sets up.
import { options, say } from './script.mjs'

const tell = ({ data, error }) =>
  error ? say({ code: error.graphQLErrors[0]?.extensions.code ?? `${error}` }) : say({ data })

const { kind, query, variables } = options
if (kind === 'subscription') client.subscription(query, variables).subscribe(tell)
else tell(await client[kind](query, variables))

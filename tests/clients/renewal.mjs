// A subscription by the `subscribe` of docs/clients.md, with a back end that gives tokens for a moment.
import { options, say } from './script.mjs'

const mutation = 'mutation { createCustomerToken(customerId: "acme", expiresInSeconds: 600) { token } }'
const realFetch = fetch

globalThis.fetch = async (address, init) => {
  if (address !== '/usage-token') return realFetch(address, init)
  const answer = await realFetch(`${options.url}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${options.backEndKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: mutation }),
  })
  const { token } = (await answer.json()).data.createCustomerToken
  say({ token: true })
  return Response.json({ token, expiresAt: new Date(Date.now() + EARLY_MS + options.lifeMs) })
}

subscribe(
  { query: options.query },
  { next: (next) => say({ next }), error: (error) => say({ error: `${error}` }), complete: () => say({ complete: true }) },
)

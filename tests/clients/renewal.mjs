// The renewal of docs/clients.md with a back end that gives tokens for a moment: by graphql-ws itself, or by
// clients that are given `fetchWithToken` and `subscribe`.
import { options, say } from './script.mjs'

const mutation = 'mutation { createCustomerToken(customerId: "acme", expiresInSeconds: 600) { token } }'
const realFetch = fetch

globalThis.fetch = async (address, init) => {
  if (address !== '/usage-token') return realFetch(address, init)
  const answer = await realFetch(options.url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${options.backEndKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: mutation }),
  })
  const { token } = (await answer.json()).data.createCustomerToken
  say({ token: true })
  return Response.json({ token, expiresAt: new Date(Date.now() + EARLY_MS + options.lifeMs) })
}

const { kind, query, variables = {}, url } = options
const told = (next) => say({ next })
const failed = (error) => say({ error: `${error}` })
const ask = {
  async 'graphql-ws'() {
    subscribe({ query, variables }, { next: told, error: failed, complete: () => say({ complete: true }) })
  },
  async urql() {
    const { Client, fetchExchange } = await import('@urql/core')
    const client = new Client({ url, exchanges: [fetchExchange], fetch: fetchWithToken })
    process.stdin.on('data', () => client.query(query, variables).toPromise().then(told, failed))
  },
  async apollo() {
    const { ApolloClient, gql, HttpLink, InMemoryCache } = await import('@apollo/client')
    const link = new HttpLink({ uri: url, fetch: fetchWithToken })
    const client = new ApolloClient({ link, cache: new InMemoryCache() })
    const question = { query: gql(query), variables, fetchPolicy: 'no-cache' }
    process.stdin.on('data', () => client.query(question).then(told, failed))
  },
  async 'apollo by WebSocket'() {
    const { ApolloClient, gql, InMemoryCache } = await import('@apollo/client')
    const { GraphQLWsLink } = await import('@apollo/client/link/subscriptions')
    const link = new GraphQLWsLink({ ...socket, subscribe })
    const client = new ApolloClient({ link, cache: new InMemoryCache() })
    client.subscribe({ query: gql(query), variables }).subscribe({ next: told, error: failed })
  },
  async 'urql by WebSocket'() {
    const { Client, subscriptionExchange } = await import('@urql/core')
    const forwardSubscription = ({ query = '', variables }) => ({
      subscribe: (sink) => ({ unsubscribe: subscribe({ query, variables }, sink) }),
    })
    const client = new Client({ url, exchanges: [subscriptionExchange({ forwardSubscription })] })
    client.subscription(query, variables).subscribe(told)
  },
}
await ask[kind]()

// One operation by graphql-sse, in its "distinct connections mode".
import { createClient } from 'graphql-sse'
import { options, run, say, serverIsBack } from './script.mjs'

run(
  createClient({
    url: options.url,
    headers: options.headers,
    retry: serverIsBack,
    on: { connected: (wasRetry) => say({ connected: { wasRetry } }) },
  }),
)

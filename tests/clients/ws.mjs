// One operation by graphql-ws, over the WebSocket that Node brings along.
import { createClient } from 'graphql-ws'
import { options, run, say, serverIsBack } from './script.mjs'

run(
  createClient({
    url: options.url,
    connectionParams: options.connectionParams,
    lazyCloseTimeout: options.lazyCloseTimeout,
    retryWait: serverIsBack,
    // By itself it retries after a close, but not after the error that comes where there was none.
    shouldRetry: options.alsoAfterErrors ? () => true : undefined,
    on: {
      connected: (socket, payload, wasRetry) => say({ connected: { wasRetry } }),
      closed: ({ code }) => say({ closed: code }),
    },
  }),
)

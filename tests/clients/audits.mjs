// All that graphql-http asks of a server, said at once: which audits there are and what they found.
import { serverAudits } from 'graphql-http'
import { options, say } from './script.mjs'

const results = []
for (const audit of serverAudits({ url: options.url, fetchFn: fetch })) {
  const { id, name, status, reason } = await audit.fn()
  results.push({ id, name, status, reason })
}
say({ audits: results })

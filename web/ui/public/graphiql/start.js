// Starts GraphiQL on this server: queries by HTTP, subscriptions by WebSocket.
/* global GraphiQL, React, ReactDOM, graphqlWs */

const EXAMPLE = `# Signed in on the page, no key is needed. Else put one
# below: {"Authorization": "Bearer om_live_…"}

query Latest {
  events(first: 10) {
    nodes {
      occurredAt
      customerId
      model
      usage { inputTokens outputTokens }
      cost { amount status }
    }
    head
  }
}

subscription Live {
  activity {
    cursor
    events { id model cost { amount status } }
  }
}
`;

const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`;

/** One WebSocket for each set of headers: they are read once, when it opens. */
let client;
let clientHeaders;
function clientWith(headers) {
  const wanted = JSON.stringify(headers ?? {});
  if (client === undefined || wanted !== clientHeaders) {
    client?.dispose();
    clientHeaders = wanted;
    client = graphqlWs.createClient({ url: address, connectionParams: headers ?? {} });
  }
  return client;
}

async function query(params, headers) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      // What is asked by cookie must come from our own pages.
      'X-Livemeter-Page': '1',
      ...headers,
    },
    body: JSON.stringify(params),
  });
  return response.json();
}

function isSubscription(params, options) {
  const document = options?.documentAST;
  return (document?.definitions ?? []).some(
    (definition) =>
      definition.kind === 'OperationDefinition' &&
      definition.operation === 'subscription' &&
      (!params.operationName || definition.name?.value === params.operationName),
  );
}

function fetcher(params, options) {
  const headers = options?.headers;
  return isSubscription(params, options)
    ? clientWith(headers).iterate(params)
    : query(params, headers);
}

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: EXAMPLE,
    defaultEditorToolsVisibility: 'headers',
    shouldPersistHeaders: false,
  }),
);

// The page's one socket: it opens with the first subscription, and closes with the last.

import { createClient } from 'graphql-ws/client';
import { workspaceHeader } from './workspace.js';

const PING_MS = 10_000;
const SILENCE_MS = 8_000;
/** How long a connection, and then the first message of a subscription, may take. */
export const CONNECT_MS = 15_000;

let silence = 0;

export const client = createClient({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
  connectionParams: workspaceHeader,
  lazyCloseTimeout: 2000,
  retryAttempts: 0,
  keepAlive: PING_MS,
  connectionAckWaitTimeout: CONNECT_MS,
  on: {
    // A link that is half open shows only by its silence.
    ping: (received) => {
      if (!received) silence = setTimeout(() => client.terminate(), SILENCE_MS);
    },
    message: () => clearTimeout(silence),
    closed: () => clearTimeout(silence),
  },
});

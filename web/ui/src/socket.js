// The page's one socket: it opens with the first subscription, and closes with the last.

import { signal } from '@preact/signals';
import { createClient } from 'graphql-ws/client';
import { send } from './graphql.js';
import { workspaceHeader } from './workspace.js';

const PING_MS = 10_000;
const SILENCE_MS = 8_000;
/** How long a connection, and then the first message of a subscription, may take. */
export const CONNECT_MS = 15_000;

/** Failures in a row after which something between is to blame, rather than a server that starts again. */
const BLOCKED_AFTER = 2;
const BLOCKED =
  'Livemeter answers, but no WebSocket gets through to it. Let the proxy between pass on the headers Upgrade and Connection: docs/running.md, “Behind nginx”.';

/** For the operator: why no WebSocket opens although the server answers; null where there is no such reason. */
export const blockage = signal(null);

let silence = 0;
let isOpen = false;
let failures = 0;

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
    opened: () => {
      isOpen = true;
      failures = 0;
      blockage.value = null;
    },
    closed: () => {
      clearTimeout(silence);
      if (!isOpen) explain();
      isOpen = false;
    },
  },
});

/** A browser does not tell why a WebSocket was refused, so the server is asked. */
async function explain() {
  failures++;
  try {
    const response = await send(`/websocket-check?origin=${encodeURIComponent(location.origin)}`);
    const { problem } = await response.json();
    if (!isOpen) blockage.value = problem ?? (failures < BLOCKED_AFTER ? null : BLOCKED);
  } catch {
    // The server itself is away, which the page tells otherwise.
    blockage.value = null;
    failures = 0;
  }
}

// Where alerts are sent, and what came of it.

import { effect, signal, untracked } from '@preact/signals';
import alertDeliveriesDocument from './documents/alertDeliveries.graphql?raw';
import alertDestinationsDocument from './documents/alertDestinations.graphql?raw';
import resendAlertDelivery from './documents/resendAlertDelivery.graphql?raw';
import resendDeadAlertDeliveries from './documents/resendDeadAlertDeliveries.graphql?raw';
import testAlertDestination from './documents/testAlertDestination.graphql?raw';
import { ask } from './graphql.js';
import { Reading } from './reading.js';
import { heed } from './session.js';

const PAGE = 50;
/** The most that the server gives at once. */
const MOST = 1000;
const POLL_MS = 10_000;

/** `field`: what of the server's input says where it goes. */
export const KINDS = [
  { id: 'WEBHOOK', label: 'Webhook', field: 'url', hint: 'JSON, signed, to a program of yours' },
  { id: 'SLACK', label: 'Slack', field: 'url', hint: 'or a chat that takes what Slack takes' },
  { id: 'EMAIL', label: 'E-mail', field: 'addresses', hint: 'by the mail server that is set' },
];

export const DELIVERY_STATES = [
  { id: 'DEAD', label: 'Given up' },
  { id: 'PENDING', label: 'Waiting' },
  { id: 'SENT', label: 'Sent' },
];

export const destinations = new Reading(async (aborted) => (await ask(alertDestinationsDocument, {}, aborted)).alertDestinations);
export const deliveryState = signal('DEAD');
/** Its value is `{nodes, pageInfo}`: grown by each page. */
export const deliveries = new Reading((aborted) => readPage({ first: rows() }, aborted));
export const extending = signal(false);

/** Follows what is sent, for an admin; returns how to stop. */
export function startDeliveries() {
  const stop = effect(() => {
    void deliveryState.value;
    untracked(() => {
      deliveries.clear();
      deliveries.run();
    });
  });
  const timer = setInterval(() => document.hidden || deliveries.retryAt.value || deliveries.run(), POLL_MS);
  return () => {
    stop();
    clearInterval(timer);
    deliveries.clear();
  };
}

/** Reads the page after those that are here. */
export async function extend() {
  const before = deliveries.value.value;
  if (extending.value || !before?.pageInfo.hasNextPage) return;
  extending.value = true;
  try {
    const page = await readPage({ first: PAGE, after: before.pageInfo.endCursor });
    const now = deliveries.value.value;
    // Read anew meanwhile: this page may not join on.
    if (now?.pageInfo.endCursor === before.pageInfo.endCursor) deliveries.value.value = { ...page, nodes: [...now.nodes, ...page.nodes] };
  } catch (problem) {
    if (!heed(problem)) deliveries.problem.value = problem;
  }
  extending.value = false;
}

/** What came of a test, in words. @throws {import('./graphql.js').Problem} */
export async function sendTest({ id, kind }) {
  const sent = (await ask(testAlertDestination, { id })).testAlertDestination;
  deliveries.run();
  const status = sent.lastStatus === null ? '' : ` It answered ${sent.lastStatus}.`;
  if (sent.state === 'SENT') return { isGood: true, words: kind === 'EMAIL' ? 'The mail server took it.' : `It arrived.${status}` };
  return { isGood: false, words: `It did not arrive: ${sent.lastError ?? 'nobody knows why.'}` };
}

/** @throws {import('./graphql.js').Problem} */
export async function sendAgain(id) {
  await ask(resendAlertDelivery, { id });
  await deliveries.run();
}

/** All that was given up of a destination. @throws {import('./graphql.js').Problem} */
export async function sendAllAgain(destinationId) {
  await ask(resendDeadAlertDeliveries, { destinationId });
  await deliveries.run();
}

/** As many as are here: what is read again keeps its place. */
function rows() {
  return Math.min(MOST, Math.max(PAGE, deliveries.value.value?.nodes.length ?? 0));
}

async function readPage(variables, aborted) {
  return (await ask(alertDeliveriesDocument, { state: deliveryState.value, ...variables }, aborted)).alertDeliveries;
}

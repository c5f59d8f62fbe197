// Who looks at the page: a cookie that the script cannot read, so the server is asked.

import { computed, signal } from '@preact/signals';
import viewerQuery from './documents/viewer.graphql?raw';
import { ask, Problem, send } from './graphql.js';

/** undefined: not known yet; null: nobody is signed in. */
export const viewer = signal(undefined);
/** Whether the viewer may set prices. */
export const isAdmin = computed(() => viewer.value?.scopes.includes('ADMIN') ?? false);

/** Asks who is signed in. @throws {Problem} other than UNAUTHENTICATED */
export async function readViewer() {
  try {
    viewer.value = (await ask(viewerQuery)).viewer;
  } catch (problem) {
    if (problem.code !== 'UNAUTHENTICATED') throw problem;
    viewer.value = null;
  }
}

/** Shows the sign-in view where the problem is that nobody is signed in. */
export function heed(problem) {
  if (problem.code !== 'UNAUTHENTICATED') return false;
  viewer.value = null;
  return true;
}

/** @throws {Problem} */
export async function signIn(key) {
  const response = await send('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-livemeter-page': '1' },
    body: JSON.stringify({ key }),
  });
  if (!response.ok) {
    const error = (await response.json().catch(() => null))?.error;
    throw new Problem(error?.code ?? 'INTERNAL', error?.message ?? `The server answered with status ${response.status}.`);
  }
  await readViewer();
}

export async function signOut() {
  await send('/session', { method: 'DELETE', headers: { 'x-livemeter-page': '1' } });
  viewer.value = null;
}

// Asking the server: one POST for a query, errors by their code, and the server's clock.

import { workspaceHeader } from './workspace.js';

/** What went wrong, by the server's `extensions.code`; UNREACHABLE where no server answered. */
export class Problem extends Error {
  /** `field`: the place in the input, as the server names it; `id`: the entry in the server's log. */
  constructor(code, message, { field, id } = {}) {
    super(message);
    this.code = code;
    this.field = field;
    this.id = id;
  }

  /** Whether the same request would be refused again: another one has to be made, or somebody has to want it. */
  get stays() {
    return ['TOO_COMPLEX', 'BAD_INPUT'].includes(this.code);
  }

  /** Whether the same request may succeed by itself later. */
  get passes() {
    return ['UNREACHABLE', 'UNAVAILABLE', 'RATE_LIMITED'].includes(this.code);
  }
}

let ahead = 0;

/** How far a Date header may be behind: it has whole seconds, and is made once a second. */
const DATE_LAG_MS = 2000;
/** Longer than the server works at anything: what has not come by then does not come. */
const TIME_LIMIT_MS = 60_000;

/** The server's time in ms, to a second: lag is told by its clock, not by this machine's. */
export function serverNow() {
  return Date.now() + ahead;
}

/** Runs a query. @throws {Problem} */
export async function ask(query, variables, signal) {
  const response = await send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-livemeter-page': '1', ...workspaceHeader() },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  const date = Date.parse(response.headers.get('date') ?? '') + DATE_LAG_MS / 2;
  if (Math.abs(date - serverNow()) > DATE_LAG_MS) ahead = date - Date.now();
  const body = await bodyOf(response, signal);
  if (body?.errors?.length) throw problemOf(body.errors);
  if (!body?.data) throw unexpected(response);
  return body.data;
}

/** fetch, with no answer in time as a Problem. */
export async function send(path, { signal, ...options } = {}) {
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    return await fetch(path, { credentials: 'same-origin', ...options, signal: signal ? AbortSignal.any([signal, limit]) : limit });
  } catch (error) {
    throw signal?.aborted ? error : unreachable();
  }
}

/** Null for what is no JSON, as a proxy's page. An answer that stops in the middle is none. */
async function bodyOf(response, signal) {
  try {
    return await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    if (error.name !== 'SyntaxError') throw unreachable();
    return null;
  }
}

/** The Problem in a GraphQL answer's errors. */
export function problemOf(errors) {
  const { message, extensions } = errors[0];
  return new Problem(extensions?.code ?? 'INTERNAL', message, { field: extensions?.field, id: extensions?.id });
}

function unreachable() {
  return new Problem('UNREACHABLE', 'The server cannot be reached.');
}

function unexpected(response) {
  if (response.status === 401) return new Problem('UNAUTHENTICATED', 'Please sign in.');
  const away = [502, 503, 504].includes(response.status);
  return new Problem(away ? 'UNAVAILABLE' : 'INTERNAL', `The server answered with status ${response.status}.`);
}

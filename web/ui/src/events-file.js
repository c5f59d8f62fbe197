// The events behind what the Analytics page shows, as files that the server writes.

import { FIELDS } from './filter.js';
import { Problem, send } from './graphql.js';

/** `format` is the server's name for it. */
export const FORMATS = [
  { format: 'csv', label: 'CSV' },
  { format: 'ndjson', label: 'NDJSON' },
  { format: 'parquet', label: 'Parquet' },
];

/**
 * Where the file is. Its ends are those that were shown: a preset may mean another day meanwhile. The id of the
 * workspace is in it, because a link cannot send the header that says so.
 */
export function fileAddress({ range, asked }, format, workspace) {
  const query = new URLSearchParams({ format, startDate: range.from, endDate: range.to, timeZone: asked.zone, workspace });
  for (const { name, property } of FIELDS) {
    const values = asked.filter[name];
    if (values) query.set(property, values.map(written).join(','));
  }
  return `/v1/events/export?${query}`;
}

/** Why the server gives no file; a download itself would fail without a word. @throws {Problem} */
export async function checkFile(address) {
  const head = await send(address, { method: 'HEAD' });
  if (head.ok) return;
  // What is asked by HEAD is answered without words.
  const response = await send(`${address}&limit=1`);
  const error = (await response.json().catch(() => null))?.error;
  throw new Problem(error?.code ?? 'INTERNAL', error?.message ?? `The server answered with status ${head.status}.`);
}

/** One of a list's values: bare, `null` is events without a value, and nothing is no value at all. */
function written(value) {
  if (value === null) return 'null';
  return ['', 'null'].includes(value) || /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

// Whether the Analytics page follows what is recorded.

import { connection } from '../feed.js';
import { retry, usage } from '../usage.js';
import { Connection } from './connection.jsx';

const LOST = 'The connection was lost. What is shown may be out of date; the page goes on by itself. Click to try now.';

const WORDS = {
  connecting: ['Connecting…', 'Opening the live feed'],
  live: ['Live', 'The numbers follow what is recorded, within a few seconds'],
  behind: ['Catching up…', 'Events recorded while the connection was lost are coming in'],
  offline: ['Offline', 'The browser says that there is no network; the page goes on by itself when there is'],
  failed: ['Not connected', 'The usage could not be read'],
  idle: ['Not live', 'The server refused to tell what is recorded; the numbers stand as they were read'],
};

export function UsageConnection() {
  const { state, at } = connection.value;
  const retryAt = usage.retryAt.value;
  const shown = retryAt ? 'waiting' : usage.problem.value ? 'failed' : state;
  return <Connection state={shown} words={WORDS} lost={LOST} at={retryAt ?? at} onRetry={retry} />;
}

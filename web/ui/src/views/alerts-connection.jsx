// Whether the Alerts page is live.

import { alertConnection } from '../alert-feed.js';
import { retry, retryAt } from '../alerts.js';
import { Connection } from './connection.jsx';

const LOST = 'The connection was lost. What is shown may be out of date; the page goes on by itself. Click to try now.';

const WORDS = {
  connecting: ['Connecting…', 'Opening the live feed'],
  live: ['Live', 'Firings appear as they begin'],
  behind: ['Live', 'Firings appear as they begin'],
  offline: ['Offline', 'The browser says that there is no network; the page goes on by itself when there is'],
  idle: ['Not live', 'The server refused to tell of firings; they stand as they were read'],
};

export function AlertsConnection() {
  const { state, at } = alertConnection.value;
  return <Connection state={retryAt.value ? 'waiting' : state} words={WORDS} lost={LOST} at={retryAt.value ?? at} onRetry={retry} />;
}

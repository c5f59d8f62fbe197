// Whether the Activity page is live.

import { live, phase, retry } from '../activity.js';
import { connection } from '../feed.js';
import { paused } from '../inflow.js';
import { Connection } from './connection.jsx';

const LOST = 'The connection was lost. Nothing is missed: the feed goes on where it stopped. Click to try now.';

const WORDS = {
  connecting: ['Connecting…', 'Opening the live feed'],
  live: ['Live', 'New events appear as they are recorded'],
  behind: ['Catching up…', 'Events recorded while the connection was lost are coming in'],
  paused: ['Paused', 'New events are counted and come in when you resume'],
  offline: ['Offline', 'The browser says that there is no network; the page goes on by itself when there is'],
  ended: ['Not live', 'The date range ends in the past: no new events can fall into it'],
  failed: ['Not connected', 'The events could not be read'],
  loading: ['Loading…', 'The newest events are being read'],
};

/** One word for it all: what matters most comes first. */
function present() {
  const { state } = connection.value;
  if (state === 'waiting' || state === 'offline') return state;
  if (!live.value) return 'ended';
  if (paused.value) return 'paused';
  if (state === 'idle') return phase.value === 'failed' ? 'failed' : 'loading';
  return state;
}

export function ActivityConnection() {
  return <Connection state={present()} words={WORDS} lost={LOST} at={connection.value.at} onRetry={retry} />;
}

// The state of the connection, in a word.

import { Waiting } from './waiting.jsx';

/** `words`: for each state the word and what it means; `waiting` until `at` (ms) is told by `lost`, and can be cut short. */
export function Connection({ state, words, lost, at, onRetry }) {
  if (state === 'waiting') return <Waiting at={at} title={lost} onRetry={onRetry} />;
  const [word, title] = words[state];
  return (
    <span class="connection" data-testid="connection" data-state={state} title={title}>
      {word}
    </span>
  );
}

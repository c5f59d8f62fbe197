// The keys, and what the signs in the table mean.

import { useEffect, useRef } from 'preact/hooks';
import { helpOpen, KEYS } from '../shortcuts.js';

const SIGNS = [
  ['—', 'no value; for a cost: no price known, which is not zero'],
  ['≥', 'a part of the usage has no known price: it cost at least this'],
  ['†', 'the cost was given by the caller'],
];

export function Help() {
  const dialog = useRef(null);
  useEffect(() => {
    if (helpOpen.value) dialog.current.showModal();
    else dialog.current.close();
  }, [helpOpen.value]);
  return (
    <dialog ref={dialog} class="help-box" aria-labelledby="help-title" onClose={() => (helpOpen.value = false)}>
      <h2 id="help-title">Keys</h2>
      <List pairs={KEYS} />
      <h2>Signs</h2>
      <List pairs={SIGNS} />
      <p>Click a value in the table to see only events with it; click anywhere else in a row to open it.</p>
      <form method="dialog">
        <button class="primary">Close</button>
      </form>
    </dialog>
  );
}

function List({ pairs }) {
  return (
    <dl>
      {pairs.map(([sign, meaning]) => (
        <div key={sign}>
          <dt>
            <kbd>{sign}</kbd>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

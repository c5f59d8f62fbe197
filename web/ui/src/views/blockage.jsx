// The page can be read but is not live: what the operator has to change.

import { blockage } from '../socket.js';

export function Blockage() {
  if (!blockage.value) return null;
  return (
    <p class="blockage" role="alert">
      The live connection is refused. {blockage}
    </p>
  );
}

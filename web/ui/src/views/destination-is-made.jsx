// A destination is made, or its secret: the secret is shown this once, and a test says whether it works.

import { sendTest } from '../alert-destinations.js';
import { closeTask } from '../alerts.js';
import { CopyButton } from './copy-button.jsx';
import { Stage } from './dialog.jsx';
import { RowAction } from './row-action.jsx';

/** `isNew`: whether the destination is, and not its secret alone. */
export function DestinationIsMade({ made: { secret, destination }, isNew = true }) {
  const { name } = destination;
  return (
    <Stage>
      <p role="status" class="done">
        {isNew ? `The destination “${name}” is made.` : `“${name}” has a new secret. For a day messages are signed by the earlier one too.`}
        {secret && ' Copy its secret now: it is shown this once.'}
      </p>
      {secret && (
        <>
          <p class="secret">
            <code data-testid="secret">{secret}</code> <CopyButton text={secret} label="Copy" />
          </p>
          <p>Your program checks by it that messages are from here, as Standard Webhooks has it.</p>
        </>
      )}
      <p class="test">
        <RowAction label="Send a test" name={`Send a test to ${name} now`} onRun={() => sendTest(destination)} />
      </p>
      <p class="actions">
        <button type="button" class="primary" onClick={closeTask}>
          {secret ? 'I have kept it' : 'Close'}
        </button>
      </p>
    </Stage>
  );
}

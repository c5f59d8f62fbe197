// What can be taken away from a table: its rows as they are shown, or the events that they are made of.

import { usePopover } from '../popover.js';
import { Lazy, loadExportBox } from './lazy.jsx';

/** `what` is exported; `rows` says what a row of it is; `onTable` saves it. */
export function Export({ what, ...rest }) {
  const { isOpen, setOpen, element, button, onKeyDown } = usePopover();
  return (
    <div class="export" ref={element} onKeyDown={onKeyDown}>
      <button ref={button} type="button" class="small" aria-expanded={isOpen} aria-label={`Export ${what}`} onClick={() => setOpen(!isOpen)}>
        Export
      </button>
      {isOpen && <Lazy load={loadExportBox} what={what} {...rest} />}
    </div>
  );
}

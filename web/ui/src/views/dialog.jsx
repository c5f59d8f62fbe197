// A dialog over the page: the browser keeps the focus in it, and gives it back to where it came from.

import { useEffect, useRef } from 'preact/hooks';

/** What a dialog goes on to: the focus, lost with what was there before, comes to it. */
export function Stage({ children }) {
  const element = useRef(null);
  useEffect(() => element.current.focus(), []);
  return (
    <div ref={element} tabIndex={-1} class="stage">
      {children}
    </div>
  );
}

/** Open for as long as it is in the page. Escape closes it. */
export function Dialog({ title, onClose, children }) {
  const element = useRef(null);
  useEffect(() => {
    const dialog = element.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={element} class="dialog" aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}

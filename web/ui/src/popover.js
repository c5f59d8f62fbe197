// A box that opens by its button, and closes by Escape or by whatever is done elsewhere.

import { useEffect, useRef, useState } from 'preact/hooks';

/** `element` is a ref for what holds button and box, `button` one for the button. */
export function usePopover() {
  const [isOpen, setOpen] = useState(false);
  const element = useRef(null);
  const button = useRef(null);

  useEffect(() => {
    if (!isOpen) return undefined;
    const leave = ({ target }) => element.current.contains(target) || setOpen(false);
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [isOpen]);

  function onKeyDown(event) {
    if (event.key !== 'Escape' || !isOpen) return;
    setOpen(false);
    button.current.focus();
    // The page's own Escape is not meant.
    event.preventDefault();
  }

  return { isOpen, setOpen, element, button, onKeyDown };
}

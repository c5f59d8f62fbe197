// Of several questions that one asks while typing, the last alone is answered.

const DEBOUNCE_MS = 200;

/** `ask(name, text)`, which waits a little while a text is typed; null where something newer was asked meanwhile. */
export function latest(ask) {
  let last = 0;
  return async (name, text) => {
    const mine = ++last;
    if (text) await new Promise((resolve) => setTimeout(resolve, DEBOUNCE_MS));
    if (mine !== last) return null;
    const found = await ask(name, text);
    return mine === last ? found : null;
  };
}

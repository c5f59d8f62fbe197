// Copies a text, and says so.

import { useState } from 'preact/hooks';

export function CopyButton({ text, label }) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    if (!(await write(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  }
  return (
    <button type="button" class="small" onClick={copy} aria-live="polite">
      {copied ? 'Copied' : label}
    </button>
  );
}

/** The clipboard is there for secure pages only; plain HTTP on another host needs the old way. */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

// Dark or light: the system's choice, until one is made here. public/theme.js applies it before the first paint.

import { signal } from '@preact/signals';

const KEY = 'livemeter.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export const theme = signal(present());

system.addEventListener('change', () => (theme.value = present()));

export function toggleTheme() {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  const isSystems = next === (system.matches ? 'dark' : 'light');
  // The system's own choice is not kept: the page then follows it again.
  if (isSystems) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (isSystems) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Storage is closed to us: the choice lasts as long as the page.
  }
  theme.value = next;
}

function present() {
  return document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light');
}

// How wide the page is: a narrow one has rows of two lines, a middling one leaves out some columns.

import { computed, signal } from '@preact/signals';

// The style sheets have the same widths.
const narrowQuery = matchMedia('(max-width: 960px)');
const middlingQuery = matchMedia('(max-width: 1240px)');

/** `narrow`, `middling` or `wide`. */
export const layout = signal(present());
export const narrow = computed(() => layout.value === 'narrow');
/** Height of a row in CSS pixels; the style sheet has the same. */
export const rowHeight = computed(() => (narrow.value ? 56 : 32));

for (const query of [narrowQuery, middlingQuery]) {
  query.addEventListener('change', () => (layout.value = present()));
}

function present() {
  if (narrowQuery.matches) return 'narrow';
  return middlingQuery.matches ? 'middling' : 'wide';
}

// Where one is on the timeline's chart: on a point, and with keys on a span of points that is selected.

import { computed, signal } from '@preact/signals';

/** The point that the pointer or the keyboard is on: `{place, left}`; null where on none. */
export const spot = signal(null);
/** `{from, to}`: where the selection began and where it has got to; null where nothing is selected. */
export const span = signal(null);
/** Whether one came to the chart by keyboard. */
export const isKeyed = signal(false);

const selected = computed(() => span.value && [span.value.from, span.value.to].sort((one, other) => one - other));

/** `[first, last]` of what is selected among so many points; null where nothing is, or the points were others. */
export function selectedAmong(count) {
  return selected.value?.[1] < count ? selected.value : null;
}

/** Where an arrow key leads among so many points; null where the key leads nowhere. */
export function placeAfter(key, count) {
  const last = count - 1;
  const place = span.value?.to ?? spot.value?.place ?? null;
  const to = { ArrowLeft: (place ?? count) - 1, ArrowRight: (place ?? -1) + 1, Home: 0, End: last }[key];
  return to === undefined ? null : Math.min(last, Math.max(0, to));
}

/** The selection reaches to this point, from the one where it began. */
export function extendTo(place) {
  span.value = { from: span.value?.from ?? spot.value?.place ?? place, to: place };
}

/** There are other points now. */
export function leavePoints() {
  spot.value = span.value = null;
}

// Values that were seen in events, offered where one types a filter.

import { FIELDS } from './filter.js';

const BOUND = 300;
const typed = FIELDS.filter((field) => !field.choices);
const seen = new Map(typed.map((field) => [field.name, new Set()]));

/** Keeps the values of these events; the first seen are let go past the bound. */
export function notice(events) {
  for (const event of events) {
    for (const { name, property } of typed) {
      const values = seen.get(name);
      const value = event[property];
      if (value === null || values.has(value)) continue;
      values.add(value);
      if (values.size > BOUND) values.delete(values.values().next().value);
    }
  }
}

/** @returns {string[]} in order of the alphabet */
export function suggestionsFor(name) {
  return [...seen.get(name)].sort((one, other) => one.localeCompare(other));
}

// The values that a filter has, each with a cross to take it away.

import { fieldNamed, valueLabel, withoutValue } from '../filter.js';
import { Cross } from './icons.jsx';

export function FilterValues({ filter, onChange }) {
  return Object.entries(filter).map(([name, values]) => {
    const field = fieldNamed(name);
    return values.map((value) => (
      <span class="chip" key={`${name} ${valueLabel(field, value)}`}>
        <span class="chip-field">{field.label}</span> {valueLabel(field, value)}
        <button
          type="button"
          onClick={() => onChange(withoutValue(filter, name, value))}
          aria-label={`Remove ${field.label} ${valueLabel(field, value)}`}
        >
          <Cross />
        </button>
      </span>
    ));
  });
}

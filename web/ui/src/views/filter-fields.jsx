// The fields of a filter, one for each property of events.

import { FIELDS, withValue } from '../filter.js';
import { ChoiceField, ValueField } from './filter-field.jsx';

/** `offer(name, text)` says or promises the values of a field to pick from; nothing where they stay as they are. */
export function FilterFields({ filter, offer, onChange }) {
  return FIELDS.map((field) => {
    const { name } = field;
    const add = (value) => onChange(withValue(filter, name, value));
    return field.choices ? (
      <ChoiceField key={name} field={field} chosen={filter[name] ?? []} onAdd={add} />
    ) : (
      <ValueField key={name} field={field} offer={(text) => offer(name, text)} onAdd={add} />
    );
  });
}

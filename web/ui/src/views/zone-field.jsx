// A time zone; the other ones are there once one wants to choose: they are hundreds.

import { useState } from 'preact/hooks';
import { zones } from '../zone.js';

export function ZoneField({ value, title, onChange, ...attributes }) {
  const [all, setAll] = useState([]);
  const names = [...new Set([value, ...all])];
  const showAll = () => setAll(zones());
  return (
    <select
      class="zone-field"
      aria-label="Time zone"
      title={title}
      value={value}
      onPointerDown={showAll}
      onFocus={showAll}
      onChange={(event) => onChange(event.target.value)}
      {...attributes}
    >
      {names.map((name) => (
        <option key={name} value={name}>
          {name.replaceAll('_', ' ')}
        </option>
      ))}
    </select>
  );
}

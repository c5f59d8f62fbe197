// One of a few, all in sight.

import { useId } from 'preact/hooks';
import '../styles/choice.css';

/** `options`: `{id, label, disabled}`. */
export function Choice({ label, options, value, onChange }) {
  const name = useId();
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.id} class="segment">
          <input
            type="radio"
            name={name}
            value={option.id}
            checked={option.id === value}
            disabled={option.disabled}
            onChange={() => onChange(option.id)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}

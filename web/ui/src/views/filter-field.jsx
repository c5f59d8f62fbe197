// One field of the filter: values are typed or picked, each becomes a chip; several are alternatives.

import { useState } from 'preact/hooks';
import { filter, setFilter } from '../activity-query.js';
import { NONE, withValue } from '../filter.js';
import { suggestionsFor } from '../suggestions.js';

export function ValueField({ field }) {
  const [text, setText] = useState('');
  // Frozen while one types: a list that changes under the hand cannot be read.
  const [offered, setOffered] = useState([]);
  const list = `values-${field.name}`;

  function add(value) {
    if (!value) return;
    setFilter(withValue(filter.value, field.name, value === NONE ? null : value));
    setText('');
  }

  function onInput(event) {
    const { value } = event.target;
    const picked = event.inputType === 'insertReplacementText' || event.inputType === undefined;
    if (picked && (value === NONE || offered.includes(value))) add(value);
    else setText(value);
  }

  return (
    <>
      <input
        type="text"
        class="value-field"
        placeholder={field.label}
        aria-label={field.label}
        title={`${field.label}: type or pick a value, Enter adds it. ${NONE} finds events without one.`}
        list={list}
        value={text}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="done"
        data-first-filter={field.name === 'customer' ? '' : undefined}
        onFocus={() => setOffered(suggestionsFor(field.name))}
        onInput={onInput}
        onKeyDown={(event) => event.key === 'Enter' && add(text.trim())}
      />
      <datalist id={list}>
        {offered.map((value) => (
          <option key={value} value={value} />
        ))}
        <option value={NONE} label={`without a ${field.label.toLowerCase()}`} />
      </datalist>
    </>
  );
}

export function ChoiceField({ field }) {
  const chosen = filter.value[field.name] ?? [];
  return (
    <select
      class="choice-field"
      aria-label={field.label}
      value=""
      onChange={(event) => {
        const { value } = event.target;
        event.target.value = '';
        setFilter(withValue(filter.value, field.name, value));
      }}
    >
      <option value="">{field.label}</option>
      {field.choices.map((choice) => (
        <option key={choice.value} value={choice.value} disabled={chosen.includes(choice.value)}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

// One field of the filter: values are typed or picked, each becomes a chip; several are alternatives.

import { useState } from 'preact/hooks';
import { labelledValue, NONE, valueLabel } from '../filter.js';

/** `offer(text)` says or promises the values to pick from; `onAdd(value)` is told null for "without". */
export function ValueField({ field, offer, onAdd }) {
  const [text, setText] = useState('');
  const [offered, setOffered] = useState([]);
  const list = `values-${field.name}`;

  function add(label) {
    if (!label) return;
    onAdd(labelledValue(label));
    setText('');
  }

  function onInput(event) {
    const { value } = event.target;
    const picked = event.inputType === 'insertReplacementText' || event.inputType === undefined;
    if (picked && (value === NONE || offered.includes(value))) add(value);
    else {
      setText(value);
      show(value);
    }
  }

  /** Without the values one can still type one. */
  async function show(value) {
    try {
      const found = await offer(value);
      if (found) setOffered(found.map((each) => valueLabel(field, each)));
    } catch {
      setOffered([]);
    }
  }

  return (
    <>
      <input
        type="text"
        class="value-field"
        placeholder={field.label}
        aria-label={field.label}
        title={`${field.label}: type or pick a value, Enter adds it. ${NONE} finds events without one, "" an empty one.`}
        list={list}
        value={text}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="done"
        data-first-filter={field.name === 'customer' ? '' : undefined}
        onFocus={() => show(text)}
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

export function ChoiceField({ field, chosen, onAdd }) {
  return (
    <select
      class="choice-field"
      aria-label={field.label}
      value=""
      onChange={(event) => {
        const { value } = event.target;
        event.target.value = '';
        onAdd(value);
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
